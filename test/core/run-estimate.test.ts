import { expect, test } from 'vitest';
import type { JobRecord } from '../../core/run.ts';
import { jobTypeOf, measuredTimes, stepSeconds } from '../../core/run-estimate.ts';

function job(step: string, seconds: number, working = 0, fits = 0, reused = false): JobRecord {
  return {
    name: step,
    kind: 'training',
    step,
    created: null,
    startup: 100,
    seconds,
    working,
    output: '',
    fits,
    reused,
  };
}

test('a job is told by the end of its step', () => {
  const steps = ['split', 'outer-1/split', 'fold-3/preprocess', 'outer-1/fold-3/preprocess', 'final', 'holdout'];
  expect(steps.map((step) => jobTypeOf({ step, kind: 'training' }))).toEqual([
    'split',
    'split',
    'preprocess',
    'preprocess',
    'final',
    'holdout',
  ]);
  expect(
    ['fold-3/train-1', 'tune/trial-round-2-1', 'confirm-1'].map((step) => jobTypeOf({ step, kind: 'training' })),
  ).toEqual([...['train', 'train', 'train']]);
});

test('jobs and fits are measured apart, without start-up and without what was taken over', () => {
  const times = measuredTimes([
    job('split', 4),
    job('fold-0/train-1', 10, 6, 3),
    job('fold-1/train-1', 12, 6, 3),
    job('fold-2/train-1', 0, 0, 3, true),
  ]);
  expect(times).toEqual({ jobs: { split: 4, train: 5 }, fit: 2 });
  expect(stepSeconds({ jobs: { split: 1, train: 2 }, fits: 10 }, times)).toBe(4 + 10 + 20);
});

test('what was never measured is not guessed', () => {
  expect(stepSeconds({ jobs: { final: 1 }, fits: 0 }, measuredTimes([job('split', 4)]))).toBeUndefined();
  expect(stepSeconds({ jobs: { train: 1 }, fits: 1 }, measuredTimes([job('split', 4)]))).toBeUndefined();
});
