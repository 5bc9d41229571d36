import { ListHyperParameterTuningJobsCommand } from '@aws-sdk/client-sagemaker';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { runOf } from '../support/cli.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const trial = z.object({
  setting: z.object({ id: z.string(), algorithm: z.string(), hyperparameters: z.record(z.string(), z.unknown()) }),
  scores: z.array(z.number()),
  mean: z.number(),
  metrics: z.record(z.string(), z.number()),
});
const answer = z.object({
  run: z.string(),
  tuned: z.array(trial),
  winner: trial,
  managed: z
    .array(
      z.object({
        algorithm: z.string(),
        job: z.string(),
        strategy: z.string(),
        trainings: z.number(),
        stoppedEarly: z.number(),
        warmStart: z.object({ type: z.string(), parents: z.array(z.string()) }).optional(),
        unscored: z.array(z.object({ job: z.string(), reason: z.string() })),
      }),
    )
    .optional(),
  jobs: z.array(z.object({ name: z.string(), kind: z.string(), step: z.string(), reused: z.boolean() })),
  files: z.object({ result: z.string() }),
});
type Answer = z.infer<typeof answer>;

const titanic = (tuning: string, method = 'folds'): string => `pipeline: managed
data: { file: titanic.csv }
split: { folds: 4 }
method: ${method}
algorithms:
  xgboost:
    hyperparameters: { n_estimators: 20 }
    ranges:
      max_depth: { type: integer, min: 2, max: 8 }
      learning_rate: { type: continuous, min: 0.01, max: 0.5, scaling: logarithmic }
      booster: { type: categorical, values: [gbtree, dart] }
      tree_method: { type: categorical, values: [hist, null] }
tuning: ${tuning}
`;

async function run(pipeline: string, scripts: Record<string, string> = {}): Promise<Answer> {
  const ended = await stack().cli('run', await pipelineWith({ pipeline, scripts }), '--json');
  expect(ended.code, ended.stderr).toBe(0);
  return answer.parse(JSON.parse(ended.stdout));
}

function started({ jobs }: Answer): string[] {
  return jobs.flatMap(({ step, reused }) => (reused ? [] : [step]));
}

describe("a search by SageMaker's tuning job", () => {
  let managed: Answer;
  beforeAll(async () => {
    managed = await run(titanic('{ scope: managed, trials: 5, seed: 3, parallel: 2 }'));
  });

  test('gives a trial for each training job, and confirms the winner without another one', () => {
    expect(managed.managed).toMatchObject([{ algorithm: 'xgboost', strategy: 'random', trainings: 5, unscored: [] }]);
    expect(managed.managed?.[0]?.job.length).toBeLessThanOrEqual(32);
    expect(managed.tuned).toHaveLength(5);
    expect(managed.tuned.every(({ scores }) => scores.length === 4)).toBe(true);
    const tune = started(managed).filter((step) => step.startsWith('tune/'));
    expect(tune.sort()).toEqual(['tune/xgboost', ...[1, 2, 3, 4, 5].map((trial) => `tune/xgboost/trial-${trial}`)]);
    expect(started(managed)).not.toContain('confirm-1');
  });

  test('scores its settings as scope shared does, to 1e-9', async () => {
    const settings = managed.tuned.map(({ setting: { algorithm, hyperparameters } }) => ({
      algorithm,
      hyperparameters,
    }));
    const pipeline = titanic(`{ race: off, settings: ${JSON.stringify(settings)} }`, 'indices');
    const shared = await run(pipeline);
    expect(shared.tuned).toHaveLength(5);
    for (const [index, { scores, metrics, setting }] of managed.tuned.entries()) {
      const other = shared.tuned[index];
      expect(other?.setting.hyperparameters).toEqual(setting.hyperparameters);
      for (const [fold, score] of scores.entries())
        expect(Math.abs(score - (other?.scores[fold] ?? Number.NaN))).toBeLessThanOrEqual(1e-9);
      for (const [metric, value] of Object.entries(metrics))
        expect(Math.abs(value - (other?.metrics[metric] ?? Number.NaN))).toBeLessThanOrEqual(1e-9);
    }
    expect(Math.abs(shared.winner.mean - managed.winner.mean)).toBeLessThanOrEqual(1e-9);
  });

  test('is not made again by the same run, nor are its fits', async () => {
    const again = await run(titanic('{ scope: managed, trials: 5, seed: 3, parallel: 2 }'));
    expect(started(again)).toEqual([]);
    expect(again.tuned).toEqual(managed.tuned);
    expect(again.managed).toEqual(managed.managed);
  });

  test('starts from what an earlier run has found', async () => {
    const warm = await run(
      titanic(`{ scope: managed, strategy: bayesian, trials: 2, parallel: 1, warm-start: ${managed.run} }`),
    );
    expect(warm.managed?.[0]?.warmStart).toEqual({
      type: 'IdenticalDataAndAlgorithm',
      parents: [managed.managed?.[0]?.job],
    });
    expect(warm.tuned).toHaveLength(2);
  });

  test('learns from an earlier run with other input as from another search', async () => {
    const tuning = `{ scope: managed, strategy: bayesian, trials: 1, warm-start: [${managed.run}] }`;
    const { managed: searches, tuned } = await run(titanic(tuning, 'indices'));
    expect(searches?.[0]?.warmStart?.type).toBe('TransferLearning');
    expect(tuned).toHaveLength(1);
  });

  test.each([
    [
      'that is not there',
      (whole: string) => whole.replace(/warm-start: \S+/, 'warm-start: 2020-01-01T00-00Z-0000'),
      'no result',
    ],
    ['with another objective', (whole: string) => `${whole}objective: accuracy\n`, 'whose objective is roc_auc'],
    [
      'that searched another number',
      (whole: string) => whole.replace(/ +booster.*\n/, ''),
      'searched 4 hyperparameters',
    ],
  ])('may not start from a run %s', async (_, change, words) => {
    const pipeline = change(titanic(`{ scope: managed, trials: 2, warm-start: ${managed.run} }`));
    const refused = await stack().cli('run', await pipelineWith({ pipeline }));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(new RegExp(`tuning.warm-start: found \\S+, which .*${words}|${words}`));
  });
});

/** A logistic regression that is as good, as slow or as broken as it is told. */
const MOODY = `import time

from sklearn.linear_model import LogisticRegression


class Moody(LogisticRegression):
    mood = "good"

    def fit(self, X, y):
        if self.mood == "broken":
            raise ValueError("broken on purpose")
        time.sleep({"good": 0, "bad": 4, "endless": 3600}[self.mood])
        return super().fit(X, y)

    def predict_proba(self, X):
        given = super().predict_proba(X)
        return given[:, ::-1] if self.mood == "bad" else given


def build(hyperparameters, seed):
    model = Moody()
    model.mood = hyperparameters["mood"]
    return model
`;

const moody = (values: string, tuning: string): string => `pipeline: managed-moody
data: { file: titanic.csv }
split: { folds: 4 }
algorithms:
  moody: { hyperparameters: { mood: good }, ranges: { mood: { type: categorical, values: ${values} } } }
tuning: ${tuning}
`;

test('training jobs that are stopped early or fail are named, and the others are chosen from', async () => {
  const tuning = '{ scope: managed, early-stopping: true, trials: 12, seed: 1, parallel: 1 }';
  const { managed, tuned, winner } = await run(moody('[good, good, bad, broken]', tuning), {
    'algorithms/moody.py': MOODY,
  });
  const [search] = managed ?? [];
  expect(search?.trainings).toBe(12);
  expect(search?.stoppedEarly).toBeGreaterThan(0);
  const reasons = search?.unscored.map(({ reason }) => reason) ?? [];
  expect(reasons).toContainEqual(expect.stringContaining('broken on purpose'));
  const partial = tuned.filter(({ scores }) => scores.length < 4).length;
  expect(partial + reasons.filter((reason) => reason.startsWith('stopped early')).length).toBe(search?.stoppedEarly);
  expect(tuned.length + reasons.length).toBe(12);
  expect(winner.setting.hyperparameters).toEqual({ mood: 'good' });
  expect(winner.scores).toHaveLength(4);
});

test('hyperband stops what is not among the best after some folds', async () => {
  const tuning = '{ scope: managed, strategy: hyperband, trials: 8, seed: 1, parallel: 1 }';
  const { managed, tuned, winner } = await run(moody('[good, good, bad]', tuning), { 'algorithms/moody.py': MOODY });
  expect(managed).toMatchObject([{ strategy: 'hyperband', trainings: 8 }]);
  expect(managed?.[0]?.stoppedEarly).toBeGreaterThan(0);
  expect(tuned.some(({ scores }) => scores.length === 4)).toBe(true);
  expect(winner.setting.hyperparameters).toEqual({ mood: 'good' });
});

test('a grid tries each combination once', async () => {
  const { managed, tuned } = await run(moody('[good, bad]', '{ scope: managed, strategy: grid, parallel: 2 }'), {
    'algorithms/moody.py': MOODY,
  });
  expect(managed).toMatchObject([{ strategy: 'grid', trainings: 2, stoppedEarly: 0 }]);
  expect(tuned.map(({ setting }) => setting.hyperparameters['mood']).sort()).toEqual(['bad', 'good']);
});

test('a cancel stops the tuning job and its training jobs', async () => {
  const pipeline = moody('[endless]', '{ scope: managed, trials: 4, parallel: 2 }');
  const file = await pipelineWith({ pipeline, scripts: { 'algorithms/moody.py': MOODY } });
  const run = runOf(await stack().cli('run', file, '--detach', '--json'));
  const tuning = async (): Promise<number> =>
    (await stack().runningJobs()).filter(({ name, status }) => name.includes('-tune-') && status === 'InProgress')
      .length;
  await expect.poll(tuning, { timeout: 120_000 }).toBe(2);
  const ended = await stack().cli('cancel', run, '--json');
  expect(ended.code, ended.stderr).toBe(0);
  expect(await stack().runningJobs()).toEqual([]);
  const { HyperParameterTuningJobSummaries = [] } = await stack().sagemaker.send(
    new ListHyperParameterTuningJobsCommand({ SortBy: 'CreationTime', SortOrder: 'Descending' }),
  );
  const [last] = HyperParameterTuningJobSummaries;
  expect(last?.HyperParameterTuningJobStatus).toBe('Stopped');
  expect(last?.TrainingJobStatusCounters).toMatchObject({ InProgress: 0, Stopped: 2 });
});
