import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CrossfoldError } from '../../core/errors.ts';
import { allProcesses, processEntry } from './process-table.ts';

/** A process that was started: the pid alone may by now belong to another. */
export interface ProcessHandle {
  readonly pid: number;
  readonly identity: string;
}

/** What to start. Secrets belong in `variables`: arguments are readable by every user of the machine. */
export interface Launch {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly folder: string;
}

const LOOK_AGAIN_MS = 15;

/**
 * Starts a process that outlives this one, as the leader of a process group of its own, writing to `log`.
 *
 * @throws CrossfoldError StackFailed where it cannot be started at all
 */
export async function startDetached(
  launch: Launch,
  inherited: Readonly<Record<string, string>>,
  log: string,
): Promise<ProcessHandle> {
  const descriptor = openSync(log, 'a', 0o600);
  try {
    const child = spawn(launch.command, launch.arguments, {
      cwd: launch.folder,
      env: { ...inherited, ...launch.variables },
      detached: true,
      stdio: ['ignore', descriptor, descriptor],
    });
    await once(child, 'spawn');
    child.unref();
    const { pid } = child;
    const identity = pid === undefined ? undefined : processEntry(pid)?.identity;
    if (pid === undefined || identity === undefined) {
      throw new CrossfoldError('StackFailed', `${launch.command} ended at once; see ${log}`);
    }
    return { pid, identity };
  } catch (error) {
    if (error instanceof CrossfoldError) throw error;
    throw new CrossfoldError('StackFailed', `${launch.command} cannot be started: ${String(error)}`, { cause: error });
  } finally {
    closeSync(descriptor);
  }
}

/** Whether the process still runs; a later process with the same pid is not it. */
export function isAlive(handle: ProcessHandle): boolean {
  return processEntry(handle.pid)?.identity === handle.identity;
}

/**
 * Ends a process and all of its group: SIGTERM, after `graceMs` SIGKILL. Comes back when they are gone.
 * Does nothing where the process is gone already.
 */
export async function stopGroup(handle: ProcessHandle, graceMs: number): Promise<void> {
  if (!isAlive(handle)) return;
  signal(-handle.pid, 'SIGTERM');
  const ended = await waitUntil(() => !isAlive(handle), graceMs);
  if (!ended) signal(-handle.pid, 'SIGKILL');
  // Members that outlived their leader: the group's number stays theirs until the last is gone.
  const members = (): number[] => allProcesses().flatMap((entry) => (entry.group === handle.pid ? [entry.pid] : []));
  for (const pid of members()) signal(pid, 'SIGKILL');
  await waitUntil(() => !isAlive(handle) && members().length === 0, graceMs);
}

/** Ends processes at once and comes back when they are gone. */
export async function killAll(handles: readonly ProcessHandle[], graceMs: number): Promise<void> {
  for (const handle of handles) if (isAlive(handle)) signal(handle.pid, 'SIGKILL');
  await waitUntil(() => !handles.some(isAlive), graceMs);
}

/** Looks until `condition` holds; false where it did not within the time. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_AGAIN_MS);
  }
  return true;
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    // ESRCH: it ended by itself in between, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
