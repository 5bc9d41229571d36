import { expect, test } from 'vitest';
import { POLICIES } from '../../core/methods.ts';
import { batchesOf, fitsOf, foldsOf } from '../../core/plan.ts';

const setting = (id: string) => ({ id, algorithm: 'a', hyperparameters: {} });
const fits = fitsOf(['x', 'y', 'z'].map(setting), [0, 1, 2, 3]);
const places = { table: 's3://b/train/', folds: 's3://b/folds.json', fold: (fold: number) => `s3://b/${fold}/` };

test('bundled carries every fit in one job that preprocesses by itself', () => {
  expect(POLICIES.bundled.batches(fits, [6, 6])).toEqual([fits]);
  expect(POLICIES.bundled.batches([], [])).toEqual([]);
  expect(POLICIES.bundled.inputs(places, fits).map(({ name }) => name)).toEqual(['table', 'folds']);
});

test('bundled names the search of scikit-learn that is the sampler’s', () => {
  const { parameters } = POLICIES.bundled;
  expect(parameters({ trials: 3, sampler: 'random' })).toEqual({ search: 'random' });
  expect(parameters({ trials: 3, sampler: 'grid' })).toEqual({ search: 'grid' });
  const given = [{ algorithm: 'a', hyperparameters: {} }];
  expect(parameters({ trials: 3, sampler: 'random', settings: given })).toEqual({ search: 'grid' });
  expect(parameters(undefined)).toEqual({ search: 'grid' });
  expect(POLICIES.folds.parameters({ trials: 3, sampler: 'random' })).toEqual({});
});

test('indices carries the fits of one fold together, so that a job preprocesses few folds', () => {
  const batches = POLICIES.indices.batches(fits, [3, 3, 3, 3]);
  expect(batches.map((batch) => foldsOf(batch))).toEqual([[0], [1], [2], [3]]);
  expect(POLICIES.indices.preprocesses).toBe(false);
});

test('folds reads the folds that a batch needs, and no others', () => {
  const [batch = []] = POLICIES.folds.batches(fits, [2, 2, 2, 2, 2, 2]);
  expect(POLICIES.folds.inputs(places, batch)).toEqual([
    { name: 'fold-0', uri: 's3://b/0/' },
    { name: 'fold-2', uri: 's3://b/2/' },
  ]);
});

test('a batch has no more folds than a job has channels', () => {
  const wide = fitsOf(
    [setting('x')],
    Array.from({ length: 45 }, (_, fold) => fold),
  );
  const batches = POLICIES.folds.batches(wide, [45]);
  expect(batches.map(({ length }) => length)).toEqual([19, 19, 7]);
  expect(batches.flat()).toEqual(wide);
});

test('a batch without a fit is refused', () => {
  expect(() => batchesOf(fits, 0)).toThrow(RangeError);
});
