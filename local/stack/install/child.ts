import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CrossfoldError } from '../../../core/errors.ts';

/** How a program is run while something is installed. */
export interface ChildOptions {
  readonly variables: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly signal?: AbortSignal | undefined;
  /** Told each line that the program prints. */
  readonly onLine?: (line: string) => void;
}

const GRACE_MS = 3_000;
const KEPT_LINES = 15;

/**
 * Runs a program to its end and answers with what it printed on stdout. On abort its whole process group is ended.
 *
 * @throws CrossfoldError StackFailed with the end of its output where it fails; the signal's reason where it was aborted
 */
export async function runChild(
  command: string,
  commandArguments: readonly string[],
  options: ChildOptions,
): Promise<string> {
  const { variables, folder, signal, onLine } = options;
  signal?.throwIfAborted();
  const child = spawn(command, commandArguments, {
    env: { ...variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  const stdout: string[] = [];
  const last: string[] = [];
  const take = (line: string): void => {
    if (last.push(line) > KEPT_LINES) last.shift();
    onLine?.(line);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout.push(line);
    take(line);
  });
  createInterface({ input: child.stderr }).on('line', take);

  const stop = (): void => {
    void endGroup(child.pid, () => child.exitCode !== null || child.signalCode !== null);
  };
  signal?.addEventListener('abort', stop);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    if (code !== 0) {
      const line = [command, ...commandArguments].join(' ');
      throw new CrossfoldError('StackFailed', `'${line}' failed (exit ${code ?? 'by signal'}):\n${last.join('\n')}`);
    }
    return stdout.join('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new CrossfoldError('StackFailed', `${command} is not there`, { cause: error });
    }
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function endGroup(pid: number | undefined, ended: () => boolean): Promise<void> {
  if (pid === undefined) return;
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-pid, name);
    } catch {
      return; // the group is empty
    }
    const deadline = performance.now() + GRACE_MS;
    while (!ended() && performance.now() < deadline) await sleep(20);
  }
}
