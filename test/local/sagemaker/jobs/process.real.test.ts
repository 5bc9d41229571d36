import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processFiles, waitForExit } from '../../../../local/sagemaker/jobs/process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossfold-process-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A process that has ended, with its pid file. */
async function ended(): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.once("end", () => {}).resume()']);
  const stat = readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8');
  const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  writeFileSync(processFiles(folder).pidFile, JSON.stringify({ pid: child.pid, startTicks }));
  child.stdin.end();
  await once(child, 'exit');
}

it('waits for whoever notes the end of a process, though it is busy', async () => {
  await ended();
  const exit = waitForExit(processFiles(folder));
  // Longer than it takes to see that the process is gone.
  expect(await Promise.race([exit, sleep(2000, 'still waiting')])).toBe('still waiting');
  writeFileSync(processFiles(folder).exitFile, JSON.stringify({ code: 0, signal: null }));
  expect(await exit).toEqual({ code: 0, signal: null });
});

it('tells that nobody saw the end where nobody notes it', async () => {
  await ended();
  expect(await waitForExit(processFiles(folder), 100)).toBeUndefined();
});
