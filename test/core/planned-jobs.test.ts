import { expect, test } from 'vitest';
import { parsePipeline } from '../../core/pipeline-source.ts';
import { jobsOf, plannedJobs, plannedSteps, type PlanFacts } from '../../core/planned-jobs.ts';

const RIDGE = 'ridge: { ranges: { alpha: { type: continuous, min: 1, max: 2 } } }';

/** The steps of a pipeline with the given lines, as `step jobs/fits`. */
function planOf(lines: string, facts: PlanFacts = {}, algorithms = RIDGE): string {
  const text = `pipeline: p\ndata: { file: t.csv }\nbatch: 2\nalgorithms: { ${algorithms} }\n${lines}\n`;
  return plannedSteps(parsePipeline(text, 'pipeline.yaml'), facts)
    .map((step) => `${step.step} ${jobsOf(step)}/${step.fits}`)
    .join(', ');
}

test('the folds of the split count, with repeats, and as many as there are once they are known', () => {
  expect(planOf('split: { folds: 3 }')).toBe('split 1/0, folds 6/3, final 1/0, holdout 1/0');
  expect(planOf('split: { folds: 3, repeats: 2 }')).toBe('split 1/0, folds 12/6, final 1/0, holdout 1/0');
  expect(planOf('split: { scheme: leave-one-group-out }', { folds: 7 })).toContain('folds 14/7');
});

test.each([
  ['a race scores two folds together, then fold by fold', 'race: friedman', 'tune 11/20'],
  ['without a race all fits are batched together', 'race: off', 'tune 10/20'],
  ['each fold on its own', 'scope: per-fold', 'tune 12/20'],
  ['settings by hand', 'settings: [{ algorithm: ridge, hyperparameters: { alpha: 1 } }]', 'tune 2/4'],
])('%s', (_, line, expected) => {
  expect(planOf(`split: { folds: 4 }\ntuning: { trials: 5, ${line} }`)).toContain(expected);
});

test('a race within a job is one job', () => {
  expect(planOf('method: bundled\nsplit: { folds: 4 }\ntuning: { trials: 5, race: halving }')).toContain('tune 1/20');
});

test('several algorithms are tuned, and the best of a grid is at most the largest one', () => {
  const grid = (name: string, most: number): string =>
    `${name}: { ranges: { a: { type: integer, min: 1, max: ${most} } } }`;
  const both = `${grid('ridge', 3)}, ${grid('elastic_net', 6)}`;
  const tuning = (more: string): string => `split: { folds: 2 }\ntuning: { sampler: grid, race: off, ${more} }`;
  expect(planOf(tuning('tune: all'), {}, both)).toContain('tune 9/18');
  expect(planOf(tuning('tune: best'), {}, both)).toContain('tune 6/12');
  expect(planOf(tuning('tune: top-2'), { tuneBatch: 18 }, both)).toContain('tune 1/18');
});

test('a sample is split and preprocessed apart, and its winner is fitted on all rows', () => {
  expect(planOf('split: { folds: 2 }\ntuning: { trials: 4, race: off, sample: 0.5 }')).toBe(
    'split 1/0, folds 4/2, sample 3/0, tune 4/8, confirm 1/2, final 1/0, holdout 1/0',
  );
});

test('a nested estimate repeats the search within each fold', () => {
  const plain = 'split: { folds: 3 }\ntuning: { trials: 2, race: off }\nestimate: plain';
  const search = 3 * 2 + 3;
  expect(planOf(plain)).toBe('split 1/0, folds 6/3, tune 3/6, final 1/0, holdout 1/0');
  expect(planOf(plain.replace('plain', 'nested'))).toContain(`nested ${3 * (1 + search + 1)}/${3 * (3 + 6 + 1)}`);
});

test('scikit-learn’s own search is one job for the base settings and one for the tuning', () => {
  expect(planOf('method: bundled\nsplit: { folds: 5 }\ntuning: { trials: 30 }')).toBe(
    'split 1/0, folds 1/5, tune 1/150, final 1/0, holdout 1/0',
  );
});

test('the sum is the run’s', () => {
  const text = `pipeline: p\ndata: { file: t.csv }\nalgorithms: { ridge: {} }\nsplit: { folds: 3 }\n`;
  expect(plannedJobs(parsePipeline(text, 'pipeline.yaml'))).toBe(1 + 3 * 2 + 2);
});

test.each([
  ['a sampler that is asked once', 'sampler: sobol, race: off, trials: 12', { suggest: 1, train: 12 }],
  [
    'a sampler that learns in waves',
    'sampler: bayesian, parallel: 5, race: off, trials: 12',
    { suggest: 3, train: 12 },
  ],
  [
    'a tuning job of SageMaker, with a training job for each setting',
    'scope: managed, trials: 12',
    { tuning: 1, train: 12 },
  ],
])('%s', (_, tuning, jobs) => {
  const text = `pipeline: p\ndata: { file: t.csv }\nbatch: 2\nalgorithms: { ${RIDGE} }\nsplit: { folds: 2 }\ntuning: { ${tuning} }\n`;
  expect(plannedSteps(parsePipeline(text, 'p.yaml')).find(({ step }) => step === 'tune')?.jobs).toEqual(jobs);
});
