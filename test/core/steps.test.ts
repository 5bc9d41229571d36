import { expect, test } from 'vitest';
import { parsePipeline } from '../../core/pipeline-source.ts';
import { plannedJobs, splitSpec, type RunContext } from '../../core/steps.ts';

/** A run of one algorithm, two fits a job, with the given `split`. */
function contextOf(split: string): RunContext {
  const text = `pipeline: p\ndata: { file: t.csv }\nbatch: 2\nalgorithms: { ridge: { ranges: { alpha: { type: continuous, min: 0, max: 1 } } } }\nsplit: ${split}\n`;
  return {
    input: {
      pipeline: parsePipeline(text, 'pipeline.yaml'),
      run: 'r',
      prefix: 's3://b/p',
      data: { uri: 's3://b/t.csv', version: 'v' },
      code: { uri: 's3://b/code/', common: 'c', metrics: 'm', algorithms: {} },
      reuse: true,
      slots: 2,
      image: 'image',
      console: null,
      role: 'role',
      patience: { heartbeat: 1, endpoint: 1, stop: 1 },
    },
    token: 't',
  };
}

test('the split job is told the scheme with all that belongs to it', () => {
  const spec = splitSpec(contextOf('{ scheme: time, window: sliding, gap: 3, folds: 4 }'), 1);
  expect(spec.arguments.join(' ')).toMatch(
    /^--task classification --scheme time --folds 4 --repeats 1 --window sliding --gap 3 --holdout 0.2 --seed 42 --metrics roc_auc,accuracy,log_loss --algorithms ridge$/,
  );
});

test('the planned jobs count each wave of a tuning with the job that suggests it', () => {
  const planned = (tuning: string): number => {
    const context = contextOf(`{ folds: 2 }\ntuning: ${tuning}`);
    return plannedJobs(context);
  };
  expect(planned('{ trials: 12, sampler: random }')).toBe(1 + 2 * 2 + 12 + 2);
  expect(planned('{ trials: 12, sampler: sobol }')).toBe(1 + 2 * 2 + 1 + 12 + 2);
  expect(planned('{ trials: 12, sampler: bayesian, parallel: 5 }')).toBe(1 + 2 * 2 + 3 + 12 + 2);
});

test('the planned jobs count repeats, and the folds that the split made once they are known', () => {
  expect(plannedJobs(contextOf('{ folds: 3 }'))).toBe(1 + 3 * 2 + 2);
  expect(plannedJobs(contextOf('{ folds: 3, repeats: 2 }'))).toBe(1 + 6 * 2 + 2);
  expect(plannedJobs(contextOf('{ scheme: leave-one-group-out, folds: 3 }'), 7)).toBe(1 + 7 * 2 + 2);
});
