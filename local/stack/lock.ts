import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CrossfoldError } from '../../core/errors.ts';
import { processEntry } from './process-table.ts';
import { isAlive, waitUntil } from './processes.ts';

const owner = z.object({ pid: z.number(), identity: z.string(), token: z.string() });
type Owner = z.infer<typeof owner>;

/** A takeover lasts microseconds; one this old was left by a process that was killed in it. Milliseconds. */
const TAKEOVER_MS = 10_000;

/**
 * Runs `work` while holding the lock `file`: no other process holds it at the same time. A lock whose owner was killed is
 * taken over.
 *
 * @param onWait told once where another process holds the lock
 * @throws CrossfoldError StackFailed where the lock is not free within `timeoutMs`
 */
export async function withLock<T>(
  file: string,
  timeoutMs: number,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const mine: Owner = { pid: process.pid, identity: processEntry(process.pid)?.identity ?? '', token: randomUUID() };
  let holder: Owner | undefined;
  const got = await waitUntil(() => {
    if (acquire(file, mine)) return true;
    const found = readOwner(file);
    if (found === undefined) return false;
    if (!isAlive(found)) {
      takeOver(file, found);
      return false;
    }
    if (holder?.token !== found.token) onWait(found.pid);
    holder = found;
    return false;
  }, timeoutMs);
  if (!got) {
    throw new CrossfoldError(
      'StackFailed',
      `process ${holder?.pid ?? '?'} has been starting or stopping this stack for ${Math.round(timeoutMs / 1000)} s ` +
        `(lock ${file}). Wait for it, or end it and try again.`,
    );
  }
  try {
    return await work();
  } finally {
    if (readOwner(file)?.token === mine.token) rmSync(file, { force: true });
  }
}

/** Makes the lock with its content in one step, by linking a finished file to its name. */
function acquire(file: string, mine: Owner): boolean {
  const draft = `${file}.${mine.token}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (has(error, 'EEXIST') || has(error, 'ENOENT')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a dead owner's lock. One process at a time, so that none removes the lock that another has just made. */
function takeOver(file: string, dead: Owner): void {
  const guard = `${file}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if (!has(error, 'EEXIST')) throw error;
    const made = statSync(guard, { throwIfNoEntry: false })?.mtimeMs;
    if (made !== undefined && Date.now() - made > TAKEOVER_MS) rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (readOwner(file)?.token === dead.token) rmSync(file, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    return owner.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (has(error, 'ENOENT')) return undefined;
    throw new CrossfoldError('StackFailed', `${file} is not a lock of crossfold's; remove it`, { cause: error });
  }
}

function has(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
