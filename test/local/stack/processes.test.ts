import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leftovers, STACK_MARK } from '../../../local/stack/leftovers.ts';
import { processEntry } from '../../../local/stack/process-table.ts';
import { isAlive, killAll, startDetached, stopGroup, waitUntil } from '../../../local/stack/processes.ts';
import type { ProcessHandle } from '../../../local/stack/processes.ts';
import { inheritedEnvironment } from '../../../config/home.ts';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';

let folder: string;
const started: ProcessHandle[] = [];

/** A shell that has started `child` in the background, written its pid down, and waits. */
async function startShell(
  child: string,
  variables: Record<string, string> = {},
): Promise<[ProcessHandle, ProcessHandle]> {
  const pidFile = join(folder, 'child.pid');
  const script = `${child} & echo $! > ${pidFile}.draft; mv ${pidFile}.draft ${pidFile}; wait`;
  const launch = { command: '/bin/sh', arguments: ['-c', script], variables, folder };
  const parent = await startDetached(launch, inheritedEnvironment(), join(folder, 'log'));
  started.push(parent);
  await waitUntil(() => existsSync(pidFile), 10_000);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const identity = processEntry(pid)?.identity ?? '';
  started.push({ pid, identity });
  return [parent, { pid, identity }];
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossfold-processes-'));
});

afterEach(async () => {
  await killAll(started.splice(0), 5_000);
  rmSync(folder, { recursive: true, force: true });
});

describe('processes', () => {
  it('stops a whole group, also a member that ignores SIGTERM', async () => {
    const [parent, child] = await startShell(`sh -c 'trap "" TERM; while :; do sleep 0.1; done'`);
    expect([isAlive(parent), isAlive(child)]).toEqual([true, true]);
    await stopGroup(parent, 2_000);
    expect([isAlive(parent), isAlive(child)]).toEqual([false, false]);
  });

  it('writes what a process prints to a log that only this user may read', async () => {
    const launch = { command: '/bin/echo', arguments: ['hello'], variables: {}, folder };
    const log = join(folder, 'log');
    await startDetached(launch, {}, log).catch(() => undefined); // it may have ended before it could be looked at
    expect(await waitUntil(() => readFileSync(log, 'utf8') === 'hello\n', 10_000)).toBe(true);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  it('says which program is not there', async () => {
    const launch = { command: join(folder, 'nothing'), arguments: [], variables: {}, folder };
    await expect(startDetached(launch, {}, join(folder, 'log'))).rejects.toMatchObject({
      code: 'StackFailed',
      message: expect.stringContaining(join(folder, 'nothing')) as string,
    });
  });

  it('never takes a later process with the same pid for the recorded one', async () => {
    const [parent] = await startShell('sleep 100');
    const recycled = { pid: parent.pid, identity: 'an earlier boot/1' };
    expect(isAlive(recycled)).toBe(false);
    await stopGroup(recycled, 100);
    await killAll([recycled], 100);
    expect(isAlive(parent)).toBe(true);
  });
});

describe('leftovers', () => {
  it.runIf(process.platform === 'linux')(
    'are the processes with the mark of this home, and what those started',
    async () => {
      const [parent, child] = await startShell(`env -i sleep 100`, { [STACK_MARK]: folder });
      const pids = leftovers(folder).map((entry) => entry.pid);
      expect(pids).toContain(parent.pid);
      expect(pids).toContain(child.pid);
      expect(leftovers(`${folder}/other`)).toEqual([]);
    },
  );

  it('include the fork server that the endpoint names, not a later process with its pid', async () => {
    const [parent] = await startShell('sleep 100');
    const file = join(folder, 'sagemaker/fork-server.pid');
    mkdirSync(join(folder, 'sagemaker'));
    writeFileSync(file, `${parent.pid}\n`);
    expect(leftovers(folder).map((entry) => entry.pid)).toContain(parent.pid);
    utimesSync(file, new Date(), new Date(Date.now() - 3_600_000));
    expect(leftovers(folder)).toEqual([]);
  });
});
