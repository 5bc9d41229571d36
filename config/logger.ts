import { pino, type Logger } from 'pino';
import type { Settings } from './settings.ts';

export type { Logger } from 'pino';

/** The one logger of a process: JSON lines on stderr, so that stdout is left to answers. */
export function createLogger(settings: Pick<Settings, 'logLevel'>, name: string): Logger {
  return pino(
    { name, level: settings.logLevel, base: { pid: process.pid } },
    pino.destination({ dest: 2, sync: true }),
  );
}
