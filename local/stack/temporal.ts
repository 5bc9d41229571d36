import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../core/search-attributes.ts';
import { isServing } from './grpc-health.ts';
import { LOOPBACK } from './ports.ts';
import { makePrivateFolder } from './private-file.ts';
import type { ProbeContext, Service } from './service.ts';

/** Commits that survive a killed process, three to five times faster than SQLite's default journal. */
const PRAGMAS = ['journal_mode=WAL', 'synchronous=NORMAL'];

/** The dev server's queues poll 20 times a second and fire timers up to a second late by default; a laptop can do better. */
const DYNAMIC_CONFIG = [
  ...['transfer', 'timer', 'visibility', 'outbound'].map((queue) => `history.${queue}ProcessorMaxPollRPS=5000`),
  'history.timerProcessorMaxTimeShift="1ms"',
  'system.forceSearchAttributesCacheRefreshOnRead=true',
];

/** Temporal's dev server with its Web UI, its state in a file. */
export const temporal: Service = {
  name: 'temporal',
  title: 'Temporal server',
  ports: ['temporal', 'ui'],
  after: [],
  built: false,
  launch(context) {
    const { folder, database } = files(context);
    return {
      command: context.tools.temporalCli,
      arguments: [
        ...['server', 'start-dev', '--ip', LOOPBACK, '--log-level', 'warn', '--db-filename', database],
        ...['--port', String(context.ports.temporal), '--ui-port', String(context.ports.ui)],
        ...PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]),
        ...DYNAMIC_CONFIG.flatMap((value) => ['--dynamic-config-value', value]),
        ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
      ],
      variables: {},
      folder,
    };
  },
  prepare(context) {
    const { folder, database, complete } = files(context);
    makePrivateFolder(folder);
    // A server killed while it made its tables leaves a file that no later server can use, and that holds nothing yet.
    if (!existsSync(complete))
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
  },
  ready: (context) => isServing(`${LOOPBACK}:${context.ports.temporal}`),
  started(context) {
    writeFileSync(files(context).complete, '', { mode: 0o600 });
  },
  url: (ports) => `http://${LOOPBACK}:${ports.ui}`,
};

function files(context: ProbeContext): { folder: string; database: string; complete: string } {
  const folder = join(context.places.home, 'temporal');
  return { folder, database: join(folder, 'temporal.db'), complete: join(folder, 'complete') };
}
