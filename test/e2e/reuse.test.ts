import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const PIPELINE = `pipeline: reuse
data: { file: titanic.csv }
split: { folds: 3 }
metrics: [roc_auc, accuracy]
algorithms:
  logistic_regression: { hyperparameters: { C: 1.0 }, ranges: { C: { type: continuous, min: 0.01, max: 1 } } }
  own: { hyperparameters: { C: 0.1 }, ranges: { C: { type: continuous, min: 0.01, max: 1 } } }
tuning: { trials: 2, seed: 7, race: off }
batch: 3
`;
const OWN = `from sklearn.linear_model import LogisticRegression


def build(hyperparameters, seed):
    return LogisticRegression(max_iter=500, **hyperparameters)
`;
const OTHER = OWN.replace('max_iter=500', 'max_iter=400');

const answer = z.object({
  winner: z.object({ mean: z.number(), setting: z.object({ algorithm: z.string() }) }),
  jobs: z.array(z.object({ name: z.string(), step: z.string(), reused: z.boolean() })),
  files: z.object({ result: z.string() }),
  batch: z.string(),
});
const whole = z.object({ fits: z.array(z.object({ setting: z.string(), fold: z.number(), job: z.string() })) });

interface Ran {
  /** The steps whose jobs this run started, sorted. */
  readonly started: string[];
  readonly mean: number;
  readonly fits: z.infer<typeof whole>['fits'];
  /** Why the fits of the tuning were grouped so. */
  readonly batch: string;
}

async function run(pipeline: string, own = OWN, preprocessing?: string, ...options: string[]): Promise<Ran> {
  const scripts = {
    'algorithms/own.py': own,
    ...(preprocessing !== undefined && { 'preprocessing.py': preprocessing }),
  };
  const file = await pipelineWith({ pipeline, scripts });
  const before = new Set((await stack().jobs()).map(({ name }) => name));
  const ended = await stack().cli('run', file, '--json', ...options);
  expect(ended.code, ended.stderr).toBe(0);
  const { jobs, winner, files, batch } = answer.parse(JSON.parse(ended.stdout));
  const started = (await stack().jobs()).map(({ name }) => name).filter((name) => !before.has(name));
  // What the run says of its jobs is what SageMaker saw.
  expect(
    jobs
      .filter(({ reused }) => !reused)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(started.sort());
  const { fits } = whole.parse(JSON.parse((await stack().objects.readText(files.result)) ?? ''));
  return {
    started: jobs.flatMap(({ step, reused }) => (reused ? [] : [step])).sort(),
    mean: winner.mean,
    fits,
    batch,
  };
}

const EACH_FOLD = [0, 1, 2];
const ALL = [
  ...EACH_FOLD.flatMap((fold) => [`fold-${fold}/preprocess`, `fold-${fold}/train-1`]),
  ...['tune/trial-1', 'tune/trial-2', 'split', 'final', 'holdout'],
].sort();

describe('a run after another', () => {
  let first: Ran;
  beforeAll(async () => {
    first = await run(PIPELINE);
    expect(first.started).toEqual(ALL);
    expect(first.fits).toHaveLength((2 + 2 + 1) * 3);
  });

  test('of the same content starts no job and finds the same', async () => {
    const again = await run(PIPELINE);
    expect(again.started).toEqual([]);
    expect(again.mean).toBe(first.mean);
    expect(again.fits).toEqual(first.fits);
  });

  test('with more trials runs the new ones alone', async () => {
    const { started, fits } = await run(PIPELINE.replace('trials: 2', 'trials: 4'));
    expect(started.filter((step) => !['final', 'holdout'].includes(step))).toEqual(['tune/trial-1', 'tune/trial-2']);
    expect(fits).toHaveLength((2 + 4 + 1) * 3);
  });

  test('with more trials sizes their batches by what the jobs of the earlier run took', async () => {
    const pipeline = PIPELINE.replace('batch: 3\n', '').replace('pipeline: reuse', 'pipeline: sizes');
    await run(pipeline);
    const { started, batch } = await run(pipeline.replace('trials: 2', 'trials: 12'));
    expect(started.filter((step) => step.startsWith('fold-'))).toEqual([]);
    expect(batch).toMatch(/a fit takes \d+\.\d\d s, its machine \d+\.\d\d s to start/);
  });

  test('with another algorithm file fits that algorithm again, and preprocesses nothing', async () => {
    const { started } = await run(PIPELINE, OTHER);
    expect(started.some((step) => step === 'split' || step.endsWith('preprocess'))).toBe(false);
    expect(started.filter((step) => step.startsWith('fold-'))).toEqual(EACH_FOLD.map((fold) => `fold-${fold}/train-1`));
  });

  test('with another hyperparameter of one algorithm fits that one alone', async () => {
    const { started } = await run(PIPELINE.replace('C: 1.0', 'C: 2.0').replace(/^tuning:.*\n/m, ''));
    expect(started.filter((step) => step.startsWith('fold-'))).toEqual(EACH_FOLD.map((fold) => `fold-${fold}/train-1`));
  });

  test('with another metric scores every fit again on the same folds', async () => {
    const { started } = await run(PIPELINE.replace('accuracy]', 'accuracy, log_loss]'));
    expect(started.some((step) => step.endsWith('preprocess'))).toBe(false);
    expect(started).toContain('fold-0/train-1');
  });

  test('with another column does everything again', async () => {
    const scripts = join(dirname(await pipelineWith({})), 'scripts');
    const preprocessing = await readFile(join(scripts, 'preprocessing.py'), 'utf8');
    const fewer = preprocessing.replace('"SibSp", ', '');
    expect(fewer).not.toBe(preprocessing);
    expect((await run(PIPELINE, OWN, fewer)).started).toEqual(ALL);
  });

  test('that is told not to reuse does everything again', async () => {
    const again = await run(PIPELINE, OWN, undefined, '--no-reuse');
    expect(again.started).toEqual(ALL);
    expect(again.mean).toBe(first.mean);
  });
});
