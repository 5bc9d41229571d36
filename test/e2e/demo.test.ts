import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPlaces } from '../../config/home.ts';
import { leftovers } from '../../local/stack/leftovers.ts';
import { down } from '../../local/stack/stack.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'crossfold-demo-'));
});

afterEach(async () => {
  await down({ places: { ...readPlaces(), home }, purge: true });
  await rm(home, { recursive: true, force: true });
});

describe('Ctrl-C in the demo leaves no process behind', () => {
  test.each([
    ['while the stack starts', 'starting the SageMaker endpoint'],
    ['while the worker starts', 'starting the worker'],
    ['before the first job', 'Run examples/titanic'],
    ['while folds are worked on', '✓ split the table'],
    ['while tuning runs', '✓ cross-validate the base settings'],
  ])('%s', async (_, sign) => {
    // As in a terminal: the signal goes to the whole foreground group, npm and all that it started.
    const demo = spawn('npm', ['run', 'demo'], {
      cwd: readPlaces().root,
      env: { ...process.env, CROSSFOLD_HOME: home, CROSSFOLD_BUCKET: '' },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(demo, 'exit').then(([code]: unknown[]) => code);
    let shown = '';
    demo.stderr.setEncoding('utf8').on('data', (text: string) => (shown += text));
    await expect.poll(() => shown, { timeout: 60_000, interval: 5 }).toContain(sign);
    expect(leftovers(home)).not.toEqual([]);

    process.kill(-(demo.pid ?? 0), 'SIGINT');

    expect(await ended).not.toBe(0);
    expect(leftovers(home)).toEqual([]);
  });
});
