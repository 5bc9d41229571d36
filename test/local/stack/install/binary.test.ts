import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBinary, installBinary, type Binary, type InstallContext } from '../../../../local/stack/install/binary.ts';
import { s3Gateway } from '../../../../local/stack/install/s3-gateway.ts';
import { temporalCli } from '../../../../local/stack/install/temporal-cli.ts';
import { processEntry } from '../../../../local/stack/process-table.ts';
import { waitUntil } from '../../../../local/stack/processes.ts';
import type { StackEvent } from '../../../../local/stack/progress.ts';
import { inheritedEnvironment } from '../../../../config/home.ts';

let folder: string;
let events: StackEvent[];
let context: InstallContext;

const tool: Binary = {
  step: 's3-gateway',
  title: 'tool',
  name: 'tool',
  version: '2.0.0',
  variable: 'CROSSFOLD_TOOL',
  accepts: (printed) => printed.includes('2.'),
  release: undefined,
  source: { package: 'example.org/tools/cmd/tool@v2.0.0', linker: '' },
  buildTime: 'a moment',
};

function script(file: string, text: string): string {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossfold-binary-'));
  events = [];
  const settings = { temporalCli: undefined, versitygw: undefined, python: undefined, searchPath: join(folder, 'bin') };
  context = {
    places: { root: folder, home: join(folder, 'home'), cache: join(folder, 'cache') },
    settings,
    variables: inheritedEnvironment(),
    report: (event) => events.push(event),
  };
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a program of the stack', () => {
  it('is the named one before that on PATH before that in the cache', async () => {
    const cached = script(join(folder, 'cache/bin/tool-2.0.0'), '');
    expect(await findBinary(tool, undefined, context)).toBe(cached);
    const onPath = script(join(folder, 'bin/tool'), 'echo tool 2.1');
    expect(await findBinary(tool, undefined, context)).toBe(onPath);
    const named = script(join(folder, 'mine'), '');
    expect(await findBinary(tool, named, context)).toBe(named);
  });

  it('is not one on PATH of a wrong version, or that cannot tell it', async () => {
    script(join(folder, 'bin/tool'), 'echo tool 1.9');
    expect(await findBinary(tool, undefined, context)).toBeUndefined();
    script(join(folder, 'bin/tool'), 'exit 1');
    expect(await findBinary(tool, undefined, context)).toBeUndefined();
  });

  it('fails where the named one is none', async () => {
    await expect(findBinary(tool, join(folder, 'none'), context)).rejects.toThrow(
      `CROSSFOLD_TOOL is ${join(folder, 'none')}, which is not a program`,
    );
  });

  it('is built from source into the cache, whole or not at all', async () => {
    script(
      join(folder, 'bin/go'),
      'if [ $1 = version ]; then echo go version go1.26.0; exit; fi; echo built > $GOBIN/tool',
    );
    const file = await installBinary(tool, undefined, context);
    expect(readFileSync(file, 'utf8')).toBe('built\n');
    expect(readdirSync(join(folder, 'cache/bin'))).toEqual(['tool-2.0.0']);
    expect(events.map((event) => event.kind)).toEqual(['started', 'done']);
  });

  it('names what to install where Go is missing, too old, or fails', async () => {
    await expect(installBinary(tool, undefined, context)).rejects.toThrow('Go is not installed; install Go >= 1.24');
    script(join(folder, 'bin/go'), 'echo go version go1.20.1');
    await expect(installBinary(tool, undefined, context)).rejects.toThrow(/too old .*go1\.20\.1.*install Go >= 1\.24/);
    script(
      join(folder, 'bin/go'),
      'if [ $1 = version ]; then echo go version go1.26.0; exit; fi; echo no module >&2; exit 1',
    );
    await expect(installBinary(tool, undefined, context)).rejects.toThrow(/no module[^]*CROSSFOLD_TOOL/);
    expect(readdirSync(join(folder, 'cache/bin'))).toEqual([]);
  });

  it('leaves no process behind where its build is interrupted', async () => {
    const pidFile = join(folder, 'pid');
    script(
      join(folder, 'bin/go'),
      `if [ $1 = version ]; then echo go version go1.26.0; exit; fi; sleep 1000 & echo $! > ${pidFile}; wait`,
    );
    const stop = new AbortController();
    const install = installBinary(tool, undefined, { ...context, signal: stop.signal });
    const outcome = expect(install).rejects.toThrow('enough');
    expect(await waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', 10_000)).toBe(true);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(processEntry(pid)).toBeDefined();
    stop.abort(new Error('enough'));
    await outcome;
    expect(await waitUntil(() => processEntry(pid) === undefined, 10_000)).toBe(true);
  });
});

describe('what is accepted on PATH', () => {
  it.each([
    ['temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', true],
    ['temporal version 1.10.0 (Server 1.32.0, UI 2.54.1)', true],
    ['temporal version 1.4.9 (Server 1.29.0, UI 2.40.0)', false],
    ['temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)', false],
  ])('Temporal CLI: %s: %s', (printed, answer) => {
    expect(temporalCli.accepts(printed)).toBe(answer);
  });

  it.each([
    ['Version  : v1.8.0\nBuild    : abc', true],
    ['Version  : 2.0.0', false],
    ['Version  : git', false],
  ])('S3 gateway: %s: %s', (printed, answer) => {
    expect(s3Gateway.accepts(printed)).toBe(answer);
  });
});
