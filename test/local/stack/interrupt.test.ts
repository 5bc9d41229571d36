import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPlaces } from '../../../config/home.ts';
import { processEntry } from '../../../local/stack/process-table.ts';
import { waitUntil } from '../../../local/stack/processes.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossfold-interrupt-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a set-up command', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends by %s with code %d, and what it had started ends too', async (signal, code) => {
    const pidFile = join(folder, 'pid');
    const child = pathToFileURL(join(readPlaces().root, 'bootstrap/child.mjs')).href;
    const long = `sleep 1000 & echo $! > ${pidFile}; wait`;
    const program = `import { run, runMain } from ${JSON.stringify(child)};
      await runMain((signal) => run('/bin/sh', ['-c', ${JSON.stringify(long)}], { signal }));`;
    const command = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'ignore' });
    const exit = once(command, 'exit');
    expect(await waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', 20_000)).toBe(true);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(processEntry(pid)).toBeDefined();
    command.kill(signal);
    expect(await exit).toEqual([code, null]);
    expect(await waitUntil(() => processEntry(pid) === undefined, 10_000)).toBe(true);
  });
});
