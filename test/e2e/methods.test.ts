import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, type Changes } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const pipeline = (method: string, race: string): string => `pipeline: methods
data: { file: titanic.csv }
split: { folds: 5 }
method: ${method}
algorithms:
  logistic_regression: { hyperparameters: { C: 1.0 } }
  random_forest: { hyperparameters: { n_estimators: 20 }, ranges: { max_depth: { type: integer, min: 2, max: 9 } } }
  xgboost: { hyperparameters: { n_estimators: 20 }, ranges: { max_depth: { type: integer, min: 2, max: 9 } } }
tuning: { trials: 4, seed: 4, race: ${race} }
`;

const answer = z.object({
  winner: z.object({ mean: z.number(), setting: z.object({ hyperparameters: z.unknown() }) }),
  race: z.object({ rule: z.string(), saved: z.number(), all: z.number() }),
  batch: z.string(),
  tuned: z.array(z.object({ scores: z.array(z.number()) })),
  jobs: z.array(z.object({ step: z.string(), reused: z.boolean(), fits: z.number() })),
  files: z.object({ result: z.string() }),
});
const whole = z.object({
  fits: z.array(z.object({ setting: z.string(), fold: z.number(), metrics: z.record(z.string(), z.number()) })),
});
type Ran = z.infer<typeof answer> & z.infer<typeof whole> & { readonly steps: string[] };

async function run(method: string, race = 'off'): Promise<Ran> {
  return await runOf({ pipeline: pipeline(method, race) });
}

async function runOf(changes: Changes): Promise<Ran> {
  const ended = await stack().cli('run', await pipelineWith(changes), '--json');
  expect(ended.code, ended.stderr).toBe(0);
  const found = answer.parse(JSON.parse(ended.stdout));
  const kept = whole.parse(JSON.parse((await stack().objects.readText(found.files.result)) ?? ''));
  const steps = found.jobs.flatMap(({ step, reused }) => (reused ? [] : [step])).sort();
  return { ...found, ...kept, steps };
}

describe('the methods', () => {
  const ran = new Map<string, Ran>();
  beforeAll(async () => {
    for (const method of ['bundled', 'indices', 'folds']) ran.set(method, await run(method));
  });

  test('give the same scores, fit by fit, and the same winner', () => {
    const folds = ran.get('folds');
    expect(folds?.fits).toHaveLength((3 + 4 + 1) * 5);
    for (const method of ['bundled', 'indices']) {
      const other = ran.get(method);
      expect(other?.fits.map(({ setting, fold }) => [setting, fold])).toEqual(
        folds?.fits.map(({ setting, fold }) => [setting, fold]),
      );
      for (const [index, fit] of (other?.fits ?? []).entries()) {
        for (const [metric, value] of Object.entries(fit.metrics))
          expect(Math.abs(value - (folds?.fits[index]?.metrics[metric] ?? Number.NaN))).toBeLessThanOrEqual(1e-9);
      }
      expect(other?.winner.setting).toEqual(folds?.winner.setting);
      expect(Math.abs((other?.winner.mean ?? 0) - (folds?.winner.mean ?? 1))).toBeLessThanOrEqual(1e-9);
    }
  });

  test('start the jobs that they are named for', () => {
    const [ends, each] = [
      ['final', 'holdout', 'split'],
      [0, 1, 2, 3, 4],
    ];
    expect(ran.get('bundled')?.steps).toEqual(['base-1', ...ends, 'tune/trial-1'].sort());
    expect(ran.get('indices')?.steps.filter((step) => step.startsWith('base-'))).toHaveLength(5);
    expect(ran.get('indices')?.steps.some((step) => step.endsWith('preprocess'))).toBe(false);
    // The split is shared by the methods; what comes after it is not.
    const folds = ran.get('folds')?.steps ?? [];
    expect(folds.filter((step) => step.endsWith('preprocess'))).toEqual(each.map((fold) => `fold-${fold}/preprocess`));
    expect(folds).not.toContain('split');
  });

  test('size the batches of the tuning by what the first jobs took, and say why', () => {
    expect(ran.get('folds')?.batch).toMatch(
      /^\d+ fits a job: of the jobs' time \d+ % is reading and writing \(\d+\.\d\d s; a fit takes \d/,
    );
    expect(ran.get('bundled')?.batch).toBe('a job for each search of scikit-learn, which carries all its fits');
  });
});

// The seed is one with which the winner leads when the others leave: a race may lose one that begins badly.
test('a race drops settings that can no longer win, and keeps the winner', async () => {
  const [raced, full] = [await run('folds', 'halving'), await run('folds')];
  expect(raced.race).toMatchObject({ rule: 'halving', all: 20 });
  expect(raced.race.saved).toBe(20 - raced.tuned.reduce((sum, { scores }) => sum + scores.length, 0));
  expect(raced.race.saved).toBeGreaterThan(0);
  expect(Math.max(...raced.tuned.map(({ scores }) => scores.length))).toBe(5);
  expect(raced.winner).toEqual(full.winner);
});

test('bundled races within its one job as the others do between jobs, and the same race again starts no job', async () => {
  const [within, between] = [await run('bundled', 'halving'), await run('folds', 'halving')];
  expect(within.steps.filter((step) => step.startsWith('tune'))).toEqual(['tune/trial-1']);
  expect(within.race).toEqual(between.race);
  const carried = within.jobs.flatMap(({ step, fits }) => (step === 'tune/trial-1' ? [fits] : []));
  expect(carried).toEqual([within.race.all - within.race.saved]);
  expect(within.tuned.map(({ scores }) => scores.length)).toEqual(between.tuned.map(({ scores }) => scores.length));
  for (const [index, { scores }] of within.tuned.entries()) {
    for (const [fold, score] of scores.entries())
      expect(Math.abs(score - (between.tuned[index]?.scores[fold] ?? Number.NaN))).toBeLessThanOrEqual(1e-9);
  }
  expect(within.winner.setting).toEqual(between.winner.setting);
  expect((await run('bundled', 'halving')).steps).toEqual([]);
});

/** Sixty settings of five thousand characters each: more than the request of a training job takes. */
const WIDE: Changes = {
  pipeline: `pipeline: wide
data: { file: titanic.csv }
split: { folds: 2 }
method: bundled
algorithms:
  prior: { hyperparameters: { note: ${'long '.repeat(1000)}}, ranges: { x: { type: continuous, min: 0, max: 1 } } }
tuning: { trials: 60 }
`,
  scripts: {
    'algorithms/prior.py': `from sklearn.dummy import DummyClassifier


def build(hyperparameters, seed):
    return DummyClassifier()
`,
  },
};

test('a search with more settings than one job can be told of is shared out among several', async () => {
  const { steps, jobs, tuned, batch } = await runOf(WIDE);
  expect(steps.filter((step) => step.startsWith('tune/'))).toEqual(['tune/trial-1', 'tune/trial-2']);
  expect(jobs.flatMap(({ step, fits }) => (step.startsWith('tune/') ? [fits] : []))).toEqual([60, 60]);
  expect(tuned.map(({ scores }) => scores.length)).toEqual(Array.from({ length: 60 }, () => 2));
  expect(batch).toBe('several jobs for a search of scikit-learn, as one cannot be told of all its settings');
});
