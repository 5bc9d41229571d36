import { pino, type Logger } from 'pino';
import { trace } from '@opentelemetry/api';
import type { Settings } from './settings.ts';

export type { Logger } from 'pino';

/** The one logger of a process: JSON lines on stderr, so that stdout is left to answers. */
export function createLogger(settings: Pick<Settings, 'logLevel'>, name: string): Logger {
  return pino(
    { name, level: settings.logLevel, base: { pid: process.pid }, mixin: traceIds },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** The trace that a line belongs to, named as OpenTelemetry names it in logs; nothing outside of one. */
function traceIds(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
}
