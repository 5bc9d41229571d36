import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { existsSync } from 'node:fs';
import type { Places } from '../../config/home.ts';
import { installedPython } from '../../local/stack/install/install.ts';
import { DEFAULT_PORTS, isFree } from '../../local/stack/ports.ts';
import { status } from '../../local/stack/stack.ts';
import { failed, ok, skipped, warning, type Check } from './check.ts';

const GB = 1000 ** 3;
/** What the tools, a run's tables and its logs need at least. */
const LEAST_DISK = 2 * GB;

/** What this machine has for the local stack and for `init`. */
export function machineChecks(places: Places): Check[] {
  return [
    {
      name: 'Python',
      async look() {
        const python = await installedPython(places);
        return python === undefined
          ? failed(
              'StackFailed',
              'the Python environment of the jobs is not there',
              "install it with 'crossfold setup'",
            )
          : ok(python);
      },
    },
    {
      name: 'Disk',
      async look() {
        const { bavail, bsize } = await statfs(existing(places.home));
        const free = bavail * bsize;
        const found = `${(free / GB).toFixed(1)} GB free for ${places.home}`;
        if (free >= LEAST_DISK) return ok(found);
        return failed('StackFailed', found, 'make room, or set CROSSFOLD_HOME to a folder on another disk');
      },
    },
    {
      name: 'Local stack',
      async look() {
        const { services, up } = await status({ places });
        const idle = services
          .filter(({ state }) => state !== 'running')
          .map(({ title, state }) => `${title}: ${state}`);
        if (up) return ok('up');
        if (idle.length === services.length && services.every(({ state }) => state === 'stopped'))
          return skipped("not up; 'crossfold up' starts it");
        return failed('StackFailed', idle.join(', '), "start what is not running with 'crossfold up'");
      },
    },
    {
      name: 'Ports',
      async look() {
        const { services } = await status({ places });
        if (services.some(({ state }) => state === 'running')) return ok('the local stack has its ports');
        const ports = Object.values(DEFAULT_PORTS);
        const free = await Promise.all(ports.map(isFree));
        const taken = ports.filter((_, index) => free[index] !== true);
        if (taken.length === 0) return ok(`${ports.join(', ')} are free`);
        return warning(
          `${taken.join(', ')} are taken`,
          'none needed: the stack takes the next free ports and says which',
        );
      },
    },
  ];
}

/** The nearest folder that is there. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}
