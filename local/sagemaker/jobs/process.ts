import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** The process of a job or a model server, as its files tell; they are written by whoever forked it, and outlive us. */
export interface ProcessFiles {
  readonly log: string;
  readonly pidFile: string;
  readonly exitFile: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: number | null;
}

const pid = z.object({ pid: z.int(), startTicks: z.string() });
const exit = z.object({ code: z.int().nullable(), signal: z.int().nullable() });

/** How often to look whether a process that is being ended has ended, milliseconds. */
const LOOK_MS = 15;
/** How often to look at a running process though nothing was told of it. */
const CHECK_MS = 500;
/** For how long whoever forked a process that is gone may be too busy to note its end, milliseconds. */
const NOTE_MS = 10_000;

/** @param attempt counted from 1: each process of a job has files of its own, but for the log */
export function processFiles(folder: string, attempt = 1): ProcessFiles {
  const suffix = attempt === 1 ? '' : `-${attempt}`;
  return {
    log: join(folder, 'log.txt'),
    pidFile: join(folder, `pid${suffix}.json`),
    exitFile: join(folder, `exit${suffix}.json`),
  };
}

/** Whether the process was ever started. */
export async function wasStarted({ pidFile }: ProcessFiles): Promise<boolean> {
  return (await parsed(pidFile, pid)) !== undefined;
}

/**
 * Waits until the process has ended.
 *
 * @param noteMs how long to wait for the note of the end of a process that is gone, milliseconds
 * @returns undefined where it is gone and nobody saw how it ended
 */
export async function waitForExit(files: ProcessFiles, noteMs = NOTE_MS): Promise<Exit | undefined> {
  const changes = watchFolder(dirname(files.exitFile));
  try {
    for (let goneSince: number | undefined; ;) {
      const changed = changes.next();
      const ended = await parsed(files.exitFile, exit);
      if (ended !== undefined) return ended;
      if (goneSince !== undefined && Date.now() - goneSince >= noteMs) return undefined;
      const look = goneSince === undefined ? CHECK_MS : Math.min(CHECK_MS, noteMs);
      const silent = await Promise.race([changed, sleep(look, true, { ref: false })]);
      if (silent === true && goneSince === undefined && !(await isAlive(files))) goneSince = Date.now();
    }
  } finally {
    changes.close();
  }
}

/** Tells of changes in a folder; where the system cannot, it stays silent. */
function watchFolder(folder: string): { next(): Promise<void>; close(): void } {
  let tell = (): void => undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, () => tell());
    watcher.on('error', () => undefined);
  } catch {
    watcher = undefined;
  }
  return {
    next: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
    close: () => watcher?.close(),
  };
}

/** Whether the very process that was started is still there; another one with its pid does not count. */
export async function isAlive({ pidFile }: ProcessFiles): Promise<boolean> {
  const started = await parsed(pidFile, pid);
  if (started === undefined) return false;
  // Without /proc nobody could note when it started; then the pid has to do.
  return started.startTicks === '' ? exists(started.pid) : startTicks(started.pid) === started.startTicks;
}

function exists(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

/** Sends a signal to the process and everything that it started. */
export async function signalGroup(files: ProcessFiles, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const started = await parsed(files.pidFile, pid);
  if (started === undefined || !(await isAlive(files))) return;
  try {
    process.kill(-started.pid, signal);
  } catch (error) {
    // It ended in this very moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** SIGTERM, and SIGKILL to what is left after `graceMs`. */
export async function stopGroup(files: ProcessFiles, graceMs: number): Promise<void> {
  await signalGroup(files, 'SIGTERM');
  const end = Date.now() + graceMs;
  while (Date.now() < end && (await isAlive(files))) await sleep(LOOK_MS);
  await signalGroup(files, 'SIGKILL');
}

/** The last lines of a process's log, for messages. */
export async function logTail({ log }: ProcessFiles, lines: number): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Field 22 of /proc/<pid>/stat: when the process started. The command in field 2 may hold anything, even spaces. */
function startTicks(id: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

async function parsed<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
