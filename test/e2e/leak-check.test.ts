import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, slowPipeline } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}/pipeline.yaml`, import.meta.url));

const side = z.object({ scores: z.array(z.number()), mean: z.number() });
const report = z.object({
  comparisons: z.array(
    z.object({
      setting: z.object({ algorithm: z.string() }),
      honest: side,
      leaky: side,
      flatters: z.number(),
      noise: z.boolean(),
    }),
  ),
  warnings: z.array(z.object({ kind: z.string() })),
  widths: z.array(z.number()),
  jobs: z.array(z.object({ name: z.string(), step: z.string(), reused: z.boolean() })),
});

async function check(file: string): Promise<z.infer<typeof report>> {
  const ended = await stack().cli('leak-check', file, '--json');
  expect(ended.code, ended.stderr).toBe(0);
  return report.parse(JSON.parse(ended.stdout));
}

describe('an encoder of a wide column that reads the target', () => {
  let found: z.infer<typeof report>;
  beforeAll(async () => {
    found = await check(example('leak'));
  });

  test('flatters every algorithm by about 0.05, and is not said to be noise', () => {
    expect(found.comparisons.map(({ setting }) => setting.algorithm)).toEqual(['logistic_regression', 'random_forest']);
    for (const { flatters, honest, leaky, noise } of found.comparisons) {
      expect(flatters).toBeCloseTo(leaky.mean - honest.mean, 12);
      expect(flatters).toBeGreaterThan(0.03);
      expect(flatters).toBeLessThan(0.08);
      expect(noise).toBe(false);
    }
    expect(found.warnings).toEqual([]);
  });

  test('was found by two jobs, which a second check takes over', async () => {
    expect(found.jobs.map(({ step, reused }) => [step, reused])).toEqual([
      ['split', false],
      ['leak-check', false],
    ]);
    const before = (await stack().jobs()).map(({ name }) => name);
    expect(before).toEqual(expect.arrayContaining(found.jobs.map(({ name }) => name)));
    const again = await check(example('leak'));
    expect(again.comparisons).toEqual(found.comparisons);
    expect(again.jobs.every(({ reused }) => reused)).toBe(true);
    expect(await stack().jobs()).toHaveLength(before.length);
  });

  test('is told to people with its size', async () => {
    const ended = await stack().cli('leak-check', example('leak'));
    expect(ended.stdout).toMatch(
      /random_forest: preprocessing that has seen the test rows flatters roc_auc by 0\.0[3-7]/,
    );
    expect(ended.stdout).toMatch(/No warnings about the folds/);
  });
});

describe('one-hot encoding and scaling', () => {
  test('hardly leak, and are said to be noise', async () => {
    const found = await check(example('titanic'));
    expect(found.comparisons).toHaveLength(3);
    for (const { flatters, noise } of found.comparisons) {
      expect(Math.abs(flatters)).toBeLessThan(0.003);
      expect(noise).toBe(true);
    }
    const ended = await stack().cli('leak-check', example('titanic'));
    expect(ended.stdout).toMatch(/no difference that can be told from noise/);
    expect(ended.stdout).toMatch(
      /Warning: \d+ of 712 test rows have the features of a training row and the same target/,
    );
  });
});

test('the honest scores are those of a run of the same pipeline', async () => {
  const pipeline = `pipeline: honest
data: { file: titanic.csv }
split: { folds: 2 }
algorithms:
  logistic_regression: { hyperparameters: { C: 0.3 } }
  xgboost: { hyperparameters: { n_estimators: 20 } }
`;
  const file = await pipelineWith({ pipeline });
  const ended = await stack().cli('run', file, '--json');
  expect(ended.code, ended.stderr).toBe(0);
  const base = z.object({ base: z.array(z.object({ scores: z.array(z.number()) })) });
  const ran = base.parse(JSON.parse(ended.stdout)).base.map(({ scores }) => scores);
  const found = await check(file);
  expect(found.comparisons.map(({ honest }) => honest.scores)).toEqual(ran);
  expect(found.jobs.map(({ step, reused }) => [step, reused])).toEqual([
    ['split', true],
    ['leak-check', false],
  ]);
});

test('a job that fails is told with its own words', async () => {
  const own = 'def build(hyperparameters, seed):\n    raise TypeError("no such thing")\n';
  const pipeline = `pipeline: broken\ndata: { file: titanic.csv }\nalgorithms: { own: {} }\n`;
  const ended = await stack().cli(
    'leak-check',
    await pipelineWith({ pipeline, scripts: { 'algorithms/own.py': own } }),
  );
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/leak-check: job .* failed: .*'own' cannot be built .*no such thing/s);
});

test('a check that is cancelled stops its job', async () => {
  const waiting = stack().cli('leak-check', await pipelineWith(slowPipeline(20)));
  const checking = async (): Promise<boolean> =>
    (await stack().runningJobs()).some(({ name }) => name.endsWith('-leak-check'));
  await expect.poll(checking, { timeout: 60_000 }).toBe(true);
  const running = stack().temporal.workflow.list({
    query: "WorkflowType = 'leakCheckWorkflow' AND ExecutionStatus = 'Running'",
  });
  const ids: string[] = [];
  for await (const { workflowId } of running) ids.push(workflowId);
  expect(ids).toEqual([expect.stringMatching(/^slow\/leak-check-/)]);
  const cancelled = await stack().cli('cancel', ...ids);
  expect(cancelled.code, cancelled.stderr).toBe(0);
  expect(await stack().runningJobs()).toEqual([]);
  expect((await waiting).code).toBe(3);
});
