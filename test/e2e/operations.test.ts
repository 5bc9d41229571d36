import { execFile, type ExecFileException } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runOf, type Ended } from '../support/cli.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, slowPipeline, SMALL } from '../support/pipelines.ts';
import { pythonPath } from '../support/tools.ts';

const stack = useLocalStack();
cleanPipelines();

const MAIN = fileURLToPath(new URL('../../dist/client/main.js', import.meta.url));
const TERMINAL = fileURLToPath(new URL('../support/terminal.py', import.meta.url));

let pipeline = '';
let first = '';

/** A command in a terminal of some columns; its output as it was written there. */
async function inTerminal(columns: number, ...args: string[]): Promise<Ended> {
  const command = [TERMINAL, String(columns), process.execPath, MAIN, ...args];
  const env = { ...process.env, CROSSFOLD_HOME: stack().places.home, CROSSFOLD_BUCKET: '', TERM: 'xterm' };
  return await new Promise((resolve) => {
    execFile(pythonPath(), command, { env }, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

function parsed<T>(schema: z.ZodType<T>, ended: Ended): T {
  expect(ended.code, ended.stderr).toBe(0);
  return schema.parse(JSON.parse(ended.stdout));
}

beforeAll(async () => {
  pipeline = await pipelineWith({
    pipeline: SMALL.replace(
      '{ hyperparameters: { C: 1.0 } }',
      '{ ranges: { C: { type: continuous, min: 0.1, max: 10 } } }',
    ).concat('tuning: { trials: 2 }\ndeploy: { endpoint: small }\n'),
  });
  const before = parsed(planned, await stack().cli('plan', pipeline, '--json'));
  expect(before).toMatchObject({ jobs: 1 + 4 + 4 + 2, fits: 6, instanceHours: null, cost: null });
  first = parsed(started, await stack().cli('run', pipeline, '--json')).run;
}, 120_000);

const planned = z.object({
  jobs: z.number(),
  fits: z.number(),
  instanceHours: z.number().nullable(),
  cost: z.number().nullable(),
  steps: z.array(z.object({ step: z.string(), reused: z.number().nullable(), seconds: z.number().nullable() })),
});
const started = z.object({ run: z.string() });
const costs = z.object({
  jobs: z.number(),
  reused: z.number(),
  cost: z.number(),
  rows: z.array(z.object({ type: z.string() })),
});
const listed = z.array(z.object({ run: z.string() }));

test('a plan after a run tells what is taken over, the time and the cost', async () => {
  const plan = parsed(planned, await stack().cli('plan', pipeline, '--json'));
  expect(plan.steps.map(({ step, reused }) => [step, reused])).toEqual([
    ...[
      ['split', 1],
      ['folds', 2],
      ['tune', 4],
      ['final', null],
      ['holdout', null],
    ],
  ]);
  expect(plan.instanceHours).toBeGreaterThan(0);
  expect(plan.cost).toBeCloseTo((plan.instanceHours ?? 0) * 0.115, 12);
  const anew = parsed(planned, await stack().cli('plan', pipeline, '--no-reuse', '--json'));
  expect(anew.steps.map(({ reused }) => reused)).toEqual([0, 0, 0, 0, 0]);
  expect(anew.instanceHours).toBeGreaterThan(plan.instanceHours ?? 0);
});

test('logs are those of the jobs that are asked for', async () => {
  const all = await stack().cli('logs', first);
  expect(all.stdout).toMatch(/^\[split\] 891 rows/);
  const fold = await stack().cli('logs', first, '--fold', '1', '--step', 'fold-1/preprocess');
  expect(fold.stdout.trim().split('\n')).toHaveLength(1);
  expect(fold.stdout).toMatch(/^\[fold-1-preprocess\] fold 1: fitted on/);
  const none = await stack().cli('logs', first, '--fold', '7');
  expect([none.code, none.stderr]).toEqual([4, expect.stringContaining('its steps: split, fold-')]);
});

test('runs are found by state, time and score', async () => {
  const find = async (...filter: string[]): Promise<number> =>
    parsed(listed, await stack().cli('list', '--json', '--pipeline', 'small', ...filter)).length;
  expect(await find('--status', 'completed', '--since', '1h', '--above', '0.5')).toBe(1);
  expect(await find('--below', '0.5')).toBe(0);
  expect(await find('--status', 'failed')).toBe(0);
  const wrong = await stack().cli('list', '--since', 'yesterday');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('allowed: 90m, 24h')]);
});

test('a run has its cost, and one that took all over costs nothing again', async () => {
  const cost = parsed(costs, await stack().cli('cost', first, '--json'));
  expect(cost.rows.map(({ type }) => type)).toEqual(['split', 'preprocess', 'train', 'final', 'holdout']);
  expect(cost.cost).toBeGreaterThan(0);
  const second = parsed(started, await stack().cli('run', pipeline, '--json')).run;
  expect(parsed(costs, await stack().cli('cost', second, '--json'))).toMatchObject({
    jobs: 0,
    cost: 0,
    reused: cost.jobs,
  });
  const compared = await stack().cli('compare', first, second);
  expect(compared.stdout).toContain('On the same folds the second winner scores 0.0000 more');
  expect(compared.stdout).toContain('cannot be told apart');
});

test('an endpoint is listed, described, asked and deleted', async () => {
  expect((await stack().cli('endpoint', 'list')).stdout).toMatch(/small +│ InService/);
  expect((await stack().cli('endpoint', 'describe', 'small')).stdout).toMatch(/^Endpoint {4}small: InService/);
  const answer = await stack().cli('invoke', 'small', join(dirname(pipeline), 'titanic.csv'), '--answer', 'csv');
  expect(answer.stdout.trim().split('\n')).toHaveLength(891);
  expect((await stack().cli('endpoint', 'delete', 'small')).code).toBe(0);
  await expect.poll(async () => (await stack().cli('endpoint', 'describe', 'small')).code, { timeout: 60_000 }).toBe(4);
});

describe.each([80, 200])('in a terminal of %i columns', (columns) => {
  test.each(['list', 'status', 'cost', 'endpoint list', 'schedule list'])('%s fits', async (command) => {
    const args = command.split(' ');
    const shown = await inTerminal(columns, ...args);
    expect(shown.code, shown.stdout).toBe(0);
    const lines = stripVTControlCharacters(shown.stdout).trimEnd().split(/\r?\n/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    const piped = await stack().cli(...args);
    expect(piped.stdout).toBe(stripVTControlCharacters(piped.stdout));
    if (columns === 200) expect(lines.join('\n')).toBe(piped.stdout.trimEnd());
  });

  test('tables between sentences fit as well', async () => {
    for (const args of [['result'], ['plan', pipeline], ['compare', first, first]]) {
      const shown = await inTerminal(columns, ...args);
      expect(shown.code, shown.stdout).toBe(0);
      const rows = shown.stdout.split(/\r?\n/).filter((line) => /^[│┌├└]| {2}\S+ {2}/.test(line));
      expect(rows.length).toBeGreaterThan(2);
      expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
  });
});

describe('a run that goes on', () => {
  test('is watched in terminals of 80 and 200 columns, and piped', async () => {
    const slow = await pipelineWith(slowPipeline(4));
    const run = runOf(await stack().cli('run', slow, '--detach', '--json'));
    const [narrow, wide, piped, logs] = await Promise.all([
      inTerminal(80, 'watch', run),
      inTerminal(200, 'watch', run),
      stack().cli('watch', run),
      stack().cli('logs', run, '--follow'),
    ]);
    for (const [columns, { code, stdout }] of [
      [80, narrow],
      [200, wide],
    ] as const) {
      expect(code, stdout).toBe(0);
      const live =
        stdout
          .split('Web UI')[0]
          ?.split(/\r?\n/)
          .filter((line) => /jobs {2}[█░]|[├└] /.test(line)) ?? [];
      expect(live.length).toBeGreaterThan(0);
      expect(Math.max(...live.map((line) => stripVTControlCharacters(line).trimEnd().length))).toBeLessThanOrEqual(
        columns,
      );
    }
    expect(piped.code, piped.stderr).toBe(0);
    expect(piped.stderr).toMatch(/✓ cross-validate the base settings/);
    expect(piped.stderr + piped.stdout).toBe(stripVTControlCharacters(piped.stderr + piped.stdout));
    expect(logs.stdout).toMatch(/\[fold-2-train-1\] .*\n[^]*\[holdout\] /);
  });

  test('leaves jobs when it is terminated, which reap shows, and stops when it is told to', async () => {
    // By this method the run's jobs are its own; children of a terminated run stop theirs by themselves.
    const { pipeline: text = '', ...rest } = slowPipeline(60);
    const slow = await pipelineWith({ ...rest, pipeline: `${text}method: indices\n` });
    const run = runOf(await stack().cli('run', slow, '--no-reuse', '--detach', '--json'));
    await stack().untilTraining();
    expect((await stack().cli('reap')).stdout).toBe('nothing runs on for nobody\n');
    await stack().temporal.workflow.getHandle(run).terminate();
    const found = await stack().cli('reap');
    expect(found.stdout).toMatch(new RegExp(`training job .*run ${run} is terminated`));
    expect(found.stdout).toContain("nothing was done: 'crossfold reap --apply'");
    expect((await stack().runningJobs()).length).toBeGreaterThan(0);
    await expect
      .poll(
        async () => {
          await stack().cli('reap', '--apply');
          return (await stack().runningJobs()).length;
        },
        { timeout: 60_000 },
      )
      .toBe(0);
  });
});

describe('errors', () => {
  test.each([
    [['result', 'nothing'], 4],
    [['list', '--limit', '0'], 2],
    [['plan', 'nowhere.yaml'], 2],
    [['endpoint', 'describe', 'nothing'], 4],
    [['nothing'], 2],
  ])('%j exits with %i, without a stack trace', async (args, code) => {
    const ended = await stack().cli(...args);
    expect(ended.code, ended.stderr).toBe(code);
    expect(ended.stderr).not.toMatch(/\n +at /);
  });

  test('--verbose shows where an error comes from', async () => {
    const ended = await stack().cli('--verbose', 'result', 'nothing');
    expect(ended.stderr).toMatch(/\n +at /);
  });
});
