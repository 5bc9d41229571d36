import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const trial = z.object({
  setting: z.object({ id: z.string(), algorithm: z.string(), hyperparameters: z.record(z.string(), z.unknown()) }),
  scores: z.array(z.number()),
  mean: z.number(),
});
const answer = z.object({
  base: z.array(trial),
  tuned: z.array(trial),
  winner: trial,
  perFold: z
    .object({
      winners: z.array(z.object({ fold: z.number(), score: z.number(), setting: trial.shape.setting })),
      optimistic: z.number(),
      best: trial.optional(),
      each: z.array(trial),
    })
    .optional(),
  nested: z
    .object({
      mean: z.number(),
      folds: z.array(z.object({ fold: z.number(), inner: z.number(), score: z.number() })),
    })
    .optional(),
  race: z.object({ rule: z.string(), saved: z.number() }),
  jobs: z.array(z.object({ step: z.string(), reused: z.boolean(), fits: z.number(), output: z.string() })),
});
type Answer = z.infer<typeof answer>;
type Trial = z.infer<typeof trial>;

const splitFile = z.object({ folds: z.array(z.object({ train: z.array(z.number()), test: z.array(z.number()) })) });

const titanic = (tuning: string, more = ''): string => `pipeline: search
data: { file: titanic.csv }
split: { folds: 4 }
algorithms:
  logistic_regression: { ranges: { C: { type: continuous, min: 0.001, max: 100, scaling: logarithmic } } }
  xgboost: { hyperparameters: { n_estimators: 20 }, ranges: { max_depth: { type: integer, min: 2, max: 8 } } }
tuning: ${tuning}
${more}`;

async function run(pipeline: string, data?: string, scripts?: Record<string, string>): Promise<Answer> {
  const file = await pipelineWith({
    pipeline,
    ...(data !== undefined && { data: () => data }),
    scripts: scripts ?? {},
  });
  const ended = await stack().cli('run', file, '--json');
  expect(ended.code, ended.stderr).toBe(0);
  return answer.parse(JSON.parse(ended.stdout));
}

describe('tuning', () => {
  test('per fold names what flatters, beside what the winners are worth over all folds', async () => {
    const { perFold, tuned, winner, base } = await run(titanic('{ trials: 4, seed: 7, scope: per-fold, tune: all }'));
    expect(perFold?.winners.map(({ fold }) => fold)).toEqual([0, 1, 2, 3]);
    expect(perFold?.each).toHaveLength(4);
    expect(tuned.every(({ scores }) => scores.length === 4)).toBe(true);
    for (const each of perFold?.each ?? []) expect(perFold?.optimistic).toBeGreaterThanOrEqual(each.mean);
    expect(perFold?.each.map(({ setting }) => setting.id)).toContain(perFold?.best?.setting.id);
    expect(winner.mean).toBe(Math.max(...[...base, ...tuned].map(({ mean }) => mean)));
  });

  test('on a sample chooses there, and cross-validates what it chose on all rows', async () => {
    const pipeline = titanic('{ trials: 3, seed: 11, sample: 0.5 }').replace(
      'max_depth: { type: integer, min: 2, max: 8 }',
      'learning_rate: { type: continuous, min: 0.05, max: 0.5 }',
    );
    const { jobs, winner, base } = await run(pipeline);
    const steps = jobs.flatMap(({ step, reused }) => (reused ? [] : [step]));
    expect(steps).toEqual(expect.arrayContaining(['sample/split', 'sample/fold-0/preprocess', 'confirm-1']));
    expect(winner.scores).toHaveLength(4);
    expect(winner.mean).toBeGreaterThanOrEqual(Math.max(...base.map(({ mean }) => mean)));
  });

  test('with settings given by hand cross-validates these and no others', async () => {
    const { tuned, base, winner, jobs, race } = await run(
      titanic(`
  settings:
    - { algorithm: xgboost, hyperparameters: { max_depth: 3 } }
    - { algorithm: logistic_regression, hyperparameters: { C: 0.0001 } }
    - { algorithm: xgboost, hyperparameters: { max_depth: 1, n_estimators: 2 } }`),
    );
    expect(tuned.map(({ setting: { algorithm, hyperparameters } }) => [algorithm, hyperparameters])).toEqual([
      ['xgboost', { n_estimators: 20, max_depth: 3 }],
      ['logistic_regression', { C: 0.0001 }],
      ['xgboost', { n_estimators: 2, max_depth: 1 }],
    ]);
    // The hopeless ones too are scored on every fold, and no other fit is made.
    expect(tuned.map(({ scores }) => scores.length)).toEqual([4, 4, 4]);
    const tuning = jobs.filter(({ step }) => step.startsWith('tune/'));
    expect(tuning.reduce((sum, { fits }) => sum + fits, 0)).toBe(3 * 4);
    expect(race).toEqual({ rule: 'off', saved: 0 });
    expect(winner.mean).toBe(Math.max(...[...base, ...tuned].map(({ mean }) => mean)));
  });

  test('with settings given by hand races them where it is asked to', async () => {
    const given = [0.000001, 0.01, 1].map((C) => `{ algorithm: logistic_regression, hyperparameters: { C: ${C} } }`);
    const { tuned, race } = await run(titanic(`{ race: halving, settings: [${given.join(', ')}] }`));
    expect(race.rule).toBe('halving');
    expect(tuned.filter(({ scores }) => scores.length < 4)).not.toHaveLength(0);
  });

  test('of every algorithm goes over the grid of each', async () => {
    const { tuned } = await run(
      titanic('{ tune: all, sampler: grid, race: off }').replace(
        '{ type: continuous, min: 0.001, max: 100, scaling: logarithmic }',
        '{ type: categorical, values: [0.1, 1] }',
      ),
    );
    const algorithms = tuned.map(({ setting }) => setting.algorithm);
    expect(algorithms.filter((name) => name === 'logistic_regression')).toHaveLength(2);
    expect(algorithms.filter((name) => name === 'xgboost')).toHaveLength(7);
  });
});

describe('tuning per fold', () => {
  /** Of the three depths each wins one fold: 3 has the best score on its own fold, 5 the best mean. */
  const pipeline = (tuning: string): string => `pipeline: per-fold
data: { file: titanic.csv }
split: { folds: 3 }
algorithms:
  xgboost:
    hyperparameters: { n_estimators: 10, max_depth: 7 }
    ranges: { max_depth: { type: categorical, values: [2, 3, 5] } }
tuning: { sampler: grid, race: off, ${tuning} }
batch: 3
`;
  const EACH_FOLD = [0, 1, 2];
  const depthOf = ({ setting }: Pick<Trial, 'setting'>): unknown => setting.hyperparameters['max_depth'];
  const numbersOf = ({ scores, mean }: Trial): unknown => ({ scores, mean });
  const startedBy = ({ jobs }: Answer): string[] => jobs.flatMap(({ step, reused }) => (reused ? [] : [step])).sort();
  let ran: Record<'best' | 'each' | 'both' | 'shared', Answer>;
  /** The trials of the shared search: what each setting scores on each fold. */
  let trials: readonly Trial[];
  beforeAll(async () => {
    const perFold = async (then: string): Promise<Answer> => await run(pipeline(`scope: per-fold, then: ${then}`));
    ran = {
      best: await perFold('best'),
      each: await perFold('each'),
      both: await perFold('both'),
      shared: await run(pipeline('scope: shared')),
    };
    trials = ran.shared.tuned;
    expect(trials.map(depthOf)).toEqual([2, 3, 5]);
  });
  const trialsOf = (...depths: number[]): Trial[] =>
    depths.flatMap((depth) => trials.filter((trial) => depthOf(trial) === depth));

  test.each(['best', 'each', 'both'] as const)('then %s: each fold takes what scores best on it', (then) => {
    const { perFold } = ran[then];
    const winners = perFold?.winners ?? [];
    expect(winners.map((winner) => [winner.fold, depthOf(winner)])).toEqual([
      [0, 5],
      [1, 2],
      [2, 3],
    ]);
    const own = EACH_FOLD.map((fold) => Math.max(...trials.map(({ scores }) => scores[fold] ?? Number.NaN)));
    expect(winners.map(({ score }) => score)).toEqual(own);
    expect(perFold?.optimistic).toBeCloseTo(own.reduce((sum, score) => sum + score, 0) / 3, 12);
  });

  test('then best: the winner with the best score of its own alone is cross-validated', () => {
    const { perFold, tuned, winner } = ran.best;
    expect(tuned.map((trial) => trial.setting.id)).toEqual(['fold-2-winner']);
    expect(tuned.map(numbersOf)).toEqual(trialsOf(3).map(numbersOf));
    expect([perFold?.best, perFold?.each]).toEqual([tuned[0], []]);
    expect(depthOf(winner)).toBe(3);
    expect(winner.mean).toBe(tuned[0]?.mean);
  });

  test.each(['each', 'both'] as const)('then %s: all winners are, and the best mean wins', (then) => {
    const { perFold, tuned, winner } = ran[then];
    expect(tuned.map(({ setting }) => setting.id)).toEqual(EACH_FOLD.map((fold) => `fold-${fold}-winner`));
    expect(tuned.map(numbersOf)).toEqual(trialsOf(5, 2, 3).map(numbersOf));
    expect(perFold?.each).toEqual(tuned);
    expect(perFold?.best).toEqual(then === 'each' ? undefined : tuned[2]);
    expect(depthOf(winner)).toBe(5);
    expect(winner).toEqual(ran.shared.winner);
  });

  test('starts a job for each fold, and none for what is known then', () => {
    const ends = ['final', 'holdout'];
    const steps = EACH_FOLD.flatMap((fold) => [
      ...[`fold-${fold}/preprocess`, `fold-${fold}/train-1`, `tune/fold-${fold}-1`],
    ]);
    expect(startedBy(ran.best)).toEqual(['split', ...steps, ...ends].sort());
    const carried = ran.best.jobs.filter(({ step, reused }) => step.startsWith('tune/fold-') && !reused);
    expect(carried.map(({ fits }) => fits)).toEqual([3, 3, 3]);
    // Another setting wins, and has a final fit of its own.
    expect(startedBy(ran.each)).toEqual(ends);
    expect(startedBy(ran.both)).toEqual([]);
    expect(startedBy(ran.shared)).toEqual([]);
  });
});

describe('the nested estimate', () => {
  test('on a sample draws it of the rows that each outer fold trains on', { timeout: 300_000 }, async () => {
    const { jobs, nested } = await run(titanic('{ trials: 2, seed: 3, sample: 0.4 }', 'estimate: nested\n'));
    const rowsOf = async (step: string): Promise<number[]> => {
      const output = jobs.find((job) => job.step === step)?.output ?? '';
      const text = (await stack().objects.readText(`${output}folds.json`)) ?? '';
      return splitFile.parse(JSON.parse(text)).folds.flatMap(({ train, test }) => [...train, ...test]);
    };
    expect(nested?.folds).toHaveLength(4);
    for (const { fold } of nested?.folds ?? []) {
      const [outer, sample] = [await rowsOf(`outer-${fold}/split`), await rowsOf(`outer-${fold}-sample/split`)];
      expect(sample.length).toBeGreaterThan(0);
      expect(new Set(outer)).toEqual(new Set([...outer, ...sample]));
      expect(new Set(sample).size).toBeLessThan(0.5 * new Set(outer).size);
    }
  });

  /** Thirty columns and a target that have nothing to do with each other. */
  function noise(): string {
    let state = 12_345;
    const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const names = Array.from({ length: 30 }, (_, index) => `x${index}`);
    const rows = Array.from({ length: 250 }, () => [...names.map(() => next().toFixed(4)), next() < 0.5 ? '0' : '1']);
    return [[...names, 'y'], ...rows].map((row) => row.join(',')).join('\n');
  }
  const PREPROCESSING = `from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import StandardScaler

TARGET = "y"
NUMERIC = [f"x{number}" for number in range(30)]
CATEGORICAL = []


def build_preprocessing():
    return ColumnTransformer([("numbers", StandardScaler(), NUMERIC)])
`;
  const PIPELINE = `pipeline: noise
data: { file: titanic.csv }
split: { folds: 4, seed: 3 }
algorithms:
  random_forest:
    hyperparameters: { n_estimators: 15 }
    ranges:
      max_depth: { type: integer, min: 1, max: 12 }
      min_samples_leaf: { type: integer, min: 1, max: 20 }
      max_features: { type: continuous, min: 0.1, max: 0.9 }
tuning: { trials: 15, seed: 5, race: off }
estimate: nested
`;

  test('of pure noise is what chance gives, where the mean that the choice was made by is above it', async () => {
    const { nested, winner } = await run(PIPELINE, noise(), { 'preprocessing.py': PREPROCESSING });
    expect(nested?.folds.map(({ fold }) => fold)).toEqual([0, 1, 2, 3]);
    const scores = nested?.folds.map(({ score }) => score) ?? [];
    const mean = nested?.mean ?? Number.NaN;
    const sd = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1));
    // Nadeau and Bengio's interval, 4 folds: t of 3 degrees of freedom at 0.975 is 3.182.
    const half = 3.182 * sd * Math.sqrt(1 / 4 + 1 / 3);
    expect(Math.abs(mean - 0.5)).toBeLessThanOrEqual(half);
    expect(winner.mean).toBeGreaterThan(0.5);
    expect(winner.mean).toBeGreaterThan(mean);
    for (const { inner } of nested?.folds ?? []) expect(inner).toBeGreaterThan(0.5);
  });
});
