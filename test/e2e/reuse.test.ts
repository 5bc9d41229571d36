import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { METHODS, type Method } from '../../core/methods.ts';
import { WINNER } from '../../core/setting.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

/**
 * Each method has a pipeline of its own, so that none takes the split of another. The folder's own algorithm wins by far, with the first setting
 * that the seed draws for it.
 */
const pipelineFor = (method: Method, race = ', race: off'): string => `pipeline: reuse-${method}
data: { file: titanic.csv }
split: { folds: 3 }
method: ${method}
metrics: [roc_auc, accuracy]
algorithms:
  logistic_regression: { hyperparameters: { C: 0.001 }, ranges: { C: { type: continuous, min: 0.0005, max: 0.002 } } }
  own: { hyperparameters: { C: 0.01 }, ranges: { C: { type: continuous, min: 0.15, max: 5 } } }
tuning: { trials: 2, seed: 39, tune: all${race} }
batch: 3
`;
const PIPELINE = pipelineFor('folds');
const OWN = `from sklearn.linear_model import LogisticRegression


def build(hyperparameters, seed):
    return LogisticRegression(max_iter=500, **hyperparameters)
`;
const OTHER = OWN.replace('max_iter=500', 'max_iter=400');

const answer = z.object({
  winner: z.object({
    mean: z.number(),
    setting: z.object({ algorithm: z.string(), hyperparameters: z.record(z.string(), z.unknown()) }),
  }),
  jobs: z.array(z.object({ name: z.string(), step: z.string(), reused: z.boolean(), fits: z.number() })),
  race: z.object({ rule: z.string(), saved: z.number() }),
  files: z.object({ result: z.string() }),
  batch: z.string(),
});
const whole = z.object({
  fits: z.array(
    z.object({
      setting: z.string(),
      algorithm: z.string(),
      hyperparameters: z.record(z.string(), z.unknown()),
      fold: z.number(),
      job: z.string(),
    }),
  ),
});
type Fit = z.infer<typeof whole>['fits'][number];

interface Ran extends Omit<z.infer<typeof answer>, 'jobs' | 'files'> {
  /** The steps whose jobs this run started, sorted. */
  readonly started: string[];
  /** How many fits these jobs carried. */
  readonly carried: number;
  readonly fits: readonly Fit[];
  /** The fits of `fits` that these jobs made, without the winner's, which are a trial's. */
  readonly made: readonly Fit[];
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
  const { jobs, files, ...found } = answer.parse(JSON.parse(ended.stdout));
  const names = (await stack().jobs()).map(({ name }) => name).filter((name) => !before.has(name));
  const started = jobs.filter(({ reused }) => !reused);
  // What the run says of its jobs is what SageMaker saw.
  expect(started.map(({ name }) => name).sort()).toEqual(names.sort());
  const { fits } = whole.parse(JSON.parse((await stack().objects.readText(files.result)) ?? ''));
  return {
    ...found,
    started: started.map(({ step }) => step).sort(),
    carried: started.reduce((sum, job) => sum + job.fits, 0),
    fits,
    made: fits.filter(({ setting, job }) => setting !== WINNER && names.includes(job)),
  };
}

/** What a fit is of, whatever its setting is called. */
const nameOf = ({ algorithm, hyperparameters, fold }: Fit): string =>
  JSON.stringify([algorithm, hyperparameters, fold]);

/** The example's preprocessing.py with a column less. */
async function fewerColumns(): Promise<string> {
  const scripts = join(dirname(await pipelineWith({})), 'scripts');
  const preprocessing = await readFile(join(scripts, 'preprocessing.py'), 'utf8');
  const fewer = preprocessing.replace('"SibSp", ', '');
  expect(fewer).not.toBe(preprocessing);
  return fewer;
}

const EACH_FOLD = [0, 1, 2];
const steps = (of: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${of}-${index + 1}`);
const PREPROCESS = EACH_FOLD.map((fold) => `fold-${fold}/preprocess`);
const TRAIN = EACH_FOLD.map((fold) => `fold-${fold}/train-1`);
const END = ['final', 'holdout'];

/** The jobs of each method: of a first run, of one with another algorithm file, and of the trials that are added. */
const JOBS = {
  folds: {
    first: ['split', ...PREPROCESS, ...TRAIN, ...steps('tune/trial', 4)],
    algorithm: [...TRAIN, ...steps('tune/trial', 2)],
    trials: steps('tune/trial', 4),
  },
  indices: {
    first: ['split', ...steps('base', 2), ...steps('tune/trial', 4)],
    algorithm: [...steps('base', 1), ...steps('tune/trial', 2)],
    trials: steps('tune/trial', 4),
  },
  bundled: {
    first: ['split', 'base-1', 'tune/trial-1'],
    algorithm: ['base-1', 'tune/trial-1'],
    trials: ['tune/trial-1'],
  },
} as const satisfies Record<Method, unknown>;

describe.each(METHODS)('a run after another by %s', (method) => {
  const pipeline = pipelineFor(method);
  const jobs = JOBS[method];
  let first: Ran;
  beforeAll(async () => {
    first = await run(pipeline);
    expect(first.started).toEqual([...jobs.first, ...END].sort());
    expect(first.carried).toBe((2 + 4) * 3);
    expect(first.fits).toHaveLength((2 + 4 + 1) * 3);
    expect(first.winner.setting.algorithm).toBe('own');
  });

  test('of the same content starts no job and finds the same', async () => {
    const again = await run(pipeline);
    expect(again.started).toEqual([]);
    expect(again.winner).toEqual(first.winner);
    expect(again.fits).toEqual(first.fits);
  });

  test('with more trials runs the new ones alone', async () => {
    const { started, carried, made, fits, winner } = await run(pipeline.replace('trials: 2', 'trials: 4'));
    // None of the new trials wins, so the final fit is known as well.
    expect(winner).toEqual(first.winner);
    expect(started).toEqual(jobs.trials);
    expect(carried).toBe(4 * 3);
    expect(made.map(nameOf).filter((fit) => first.fits.map(nameOf).includes(fit))).toEqual([]);
    expect(fits).toHaveLength((2 + 8 + 1) * 3);
  });

  test('with another algorithm file fits that algorithm again, and preprocesses nothing', async () => {
    const { started, carried, made } = await run(pipeline, OTHER);
    expect(started).toEqual([...jobs.algorithm, ...END].sort());
    expect(carried).toBe((1 + 2) * 3);
    expect(made.map(({ algorithm }) => algorithm)).toEqual(Array.from({ length: 9 }, () => 'own'));
  });

  test('with another column does everything again', async () => {
    const { started, carried } = await run(pipeline, OWN, await fewerColumns());
    expect(started).toEqual([...jobs.first, ...END].sort());
    expect(carried).toBe(first.carried);
  });
});

describe.each(['folds', 'indices'] as const)('a race after another by %s', (method) => {
  const pipeline = pipelineFor(method, '').replace('pipeline: reuse', 'pipeline: race');
  let first: Ran;
  beforeAll(async () => {
    first = await run(pipeline);
    expect(first.race).toEqual({ rule: 'friedman', saved: 0 });
  });

  test('of the same content starts no job', async () => {
    expect((await run(pipeline)).started).toEqual([]);
  });

  test('with more trials runs the new ones alone, as long as they can win', async () => {
    const { started, carried, made, race } = await run(pipeline.replace('trials: 2', 'trials: 4'));
    // The four new settings are scored on two folds; then the best, which is known on the third, has no rival left.
    expect(race.saved).toBe(8 * 3 - (8 * 2 + 1));
    expect(started).toEqual(steps('tune/trial-round-1', 3));
    expect(carried).toBe(4 * 2);
    expect(made).toHaveLength(carried);
    expect(made.map(nameOf).filter((fit) => first.fits.map(nameOf).includes(fit))).toEqual([]);
  });
});

describe('a run after another', () => {
  let first: Ran;
  beforeAll(async () => {
    first = await run(PIPELINE);
  });

  test('with more trials sizes their batches by what the jobs of the earlier run took', async () => {
    const pipeline = PIPELINE.replace('batch: 3\n', '').replace('pipeline: reuse-folds', 'pipeline: sizes');
    await run(pipeline);
    const { started, batch } = await run(pipeline.replace('trials: 2', 'trials: 12'));
    expect(started.filter((step) => step.startsWith('fold-'))).toEqual([]);
    expect(batch).toMatch(/a fit takes \d+\.\d\d s, its machine \d+\.\d\d s to start/);
  });

  test('with another hyperparameter of one algorithm fits that one alone', async () => {
    const { started } = await run(PIPELINE.replace('C: 0.001', 'C: 0.003').replace(/^tuning:.*\n/m, ''));
    expect(started.filter((step) => step.startsWith('fold-'))).toEqual(EACH_FOLD.map((fold) => `fold-${fold}/train-1`));
  });

  test('with another metric scores every fit again on the same folds', async () => {
    const { started } = await run(PIPELINE.replace('accuracy]', 'accuracy, log_loss]'));
    expect(started.some((step) => step.endsWith('preprocess'))).toBe(false);
    expect(started).toContain('fold-0/train-1');
  });

  test('that is told not to reuse does everything again', async () => {
    const again = await run(PIPELINE, OWN, undefined, '--no-reuse');
    expect(again.started).toEqual([...JOBS.folds.first, ...END].sort());
    expect(again.winner).toEqual(first.winner);
  });
});
