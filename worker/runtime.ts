import { makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from '../config/logger.ts';
import type { Address } from '../config/settings.ts';

type Fields = Record<string, unknown>;

/** Hands the SDK's logs, its native core's included, to our logger. Once a process. */
export function installRuntime(logger: Logger, metrics: Address | undefined): void {
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Fields = {}): void =>
      logger[level](plain(fields), message);
  const [trace, debug, info, warn, error] = [at('trace'), at('debug'), at('info'), at('warn'), at('error')];
  Runtime.install({
    logger: {
      trace,
      debug,
      info,
      warn,
      error,
      log: (level, message, fields) =>
        ({ TRACE: trace, DEBUG: debug, INFO: info, WARN: warn, ERROR: error })[level](message, fields),
    },
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
      ...(metrics && { metrics: { prometheus: { bindAddress: `${metrics.host}:${metrics.port}` } } }),
    },
    // The worker's own main decides when to shut down, so that it can say so.
    shutdownSignals: [],
  });
}

/** JSON has no big integers; the core's time stamps are some. */
function plain(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
  );
}
