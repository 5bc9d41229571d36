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

async function run(pipeline: string): Promise<Answer> {
  const ended = await stack().cli('run', await pipelineWith({ pipeline }), '--json');
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

  test('may not start from a run that is not there', async () => {
    const file = await pipelineWith({
      pipeline: titanic('{ scope: managed, trials: 2, warm-start: 2020-01-01T00-00Z-0000 }'),
    });
    const refused = await stack().cli('run', file);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('tuning.warm-start: found 2020-01-01T00-00Z-0000, which has no result');
  });
});
