import { expect, test } from 'vitest';
import { keepResult } from '../../activities/jobs/keep-result.ts';
import { KeptOutcomes } from '../../activities/kept.ts';
import type { TuningSpec } from '../../core/jobs.ts';
import type { TunedTraining } from '../../core/results.ts';
import { useLocalStack } from '../support/local-stack.ts';

const stack = useLocalStack(['s3']);

const HASH = `sha256:${'0'.repeat(64)}`;
const SETTING = { id: 'any', algorithm: 'ridge', hyperparameters: { alpha: 1 } };

const scored: TunedTraining = {
  ...{ job: 'scored', status: 'Completed', reason: null, searched: { alpha: '1' } },
  ...{ created: 1, startup: 1, seconds: 2, working_seconds: 1 },
  fits: [
    {
      ...{ setting: 'trial', algorithm: 'ridge', hyperparameters: { alpha: 1 }, fold: 0, metrics: { rmse: 1 } },
      ...{ fitted_hash: HASH, test_hash: HASH, fit_seconds: 1, score_seconds: 1 },
    },
  ],
};

const failed = (reason: string): TunedTraining => ({ ...scored, job: 'failed', status: 'Failed', reason, fits: [] });

test.each([
  ['whose training jobs failed by their own fault', 'AlgorithmError: boom', true],
  ['of which one was interrupted', 'InternalServerError: We encountered an internal error.', false],
])('of a search %s the fits are kept, and it is made again or not', async (_, reason, kept) => {
  const home = `s3://crossfold/keep-result-${String(kept)}`;
  const outcomes = new KeptOutcomes(stack().objects);
  const spec: TuningSpec<'tuning'> = {
    ...{ kind: 'tuning', name: 'tuning', run: 'p/r', step: 'tune/ridge', script: 'train.py' },
    machine: { instance: 'ml.m5.large', volume: 1, timeout: 60, image: 'image', role: 'role' },
    ...{ inputs: [], output: `${home}/jobs/`, result: 'tuning', home, hyperparameters: {}, metrics: ['rmse'] },
    keep: { step: 'step', families: { ridge: 'family' } },
    objective: { metric: 'rmse', goal: 'minimize' },
    ...{ strategy: 'random', ranges: {}, trials: 2, parallel: 1, seed: 0, earlyStopping: false, epochs: 1 },
    ...{ warmStart: undefined, hold: `${home}/hold.json` },
  };
  await keepResult(outcomes, spec, { trainings: [scored, failed(reason)] }, { startup: 9, seconds: 9 });
  const measured = { startup: 1, seconds: 2, working: 1, fits: 1 };
  expect(await outcomes.fits(home, 'family', [SETTING])).toMatchObject([{ job: 'scored', measured }]);
  expect((await outcomes.step(home, 'step')) !== undefined).toBe(kept);
});
