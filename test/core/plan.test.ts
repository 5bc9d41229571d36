import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchesOf, batchHyperparameters, dealt, fitsOf, foldsOf, settingsOf } from '../../core/plan.ts';
import type { Setting } from '../../core/setting.ts';

const setting = (id: string): Setting => ({ id, algorithm: 'xgboost', hyperparameters: { max_depth: 3 } });

describe('a plan', () => {
  test('has every setting on every fold, in batches that keep order and size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 30 }),
        (settings, folds, size) => {
          const fits = fitsOf(
            Array.from({ length: settings }, (_, index) => setting(`s${index}`)),
            Array.from({ length: folds }, (_, index) => index),
          );
          const batches = batchesOf(fits, size);
          expect(fits).toHaveLength(settings * folds);
          expect(batches.flat()).toEqual(fits);
          expect(batches.slice(0, -1).every((batch) => batch.length === size)).toBe(true);
          expect(batches.at(-1)?.length).toSatisfy((length: number) => length >= 1 && length <= size);
        },
      ),
    );
  });

  test('is dealt out evenly: every batch has its part of each setting', () => {
    const fits = fitsOf([setting('slow'), setting('fast')], [0, 1, 2, 3, 4]);
    const batches = dealt(fits, [4, 3, 3]);
    expect(batches.map(({ length }) => length)).toEqual([4, 3, 3]);
    expect(new Set(batches.flat())).toEqual(new Set(fits));
    for (const batch of batches) {
      expect(settingsOf(batch)).toHaveLength(2);
      expect(batch.map(({ fold }) => fold)).toEqual(batch.map(({ fold }) => fold).sort((a, b) => a - b));
    }
  });

  test('is dealt out so that a batch of half the size has half of each setting', () => {
    const fits = fitsOf([setting('slow'), setting('fast')], [0, 1, 2, 3, 4, 5]);
    const batches = dealt(fits, [8, 4]);
    const slow = batches.map((batch) => batch.filter((fit) => fit.setting.id === 'slow').length);
    expect(slow).toEqual([4, 2]);
    expect(new Set(batches.flat())).toEqual(new Set(fits));
  });

  test('names the folds and settings of a batch once each', () => {
    const batch = fitsOf([setting('a'), setting('b')], [4, 2]);
    expect(foldsOf(batch)).toEqual([2, 4]);
    expect(settingsOf(batch).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  test('fits into hyperparameters of SageMaker, whatever its size, and can be read back', () => {
    const settings = Array.from({ length: 40 }, (_, index) => setting(`trial-${index}`));
    const batch = fitsOf(settings, [0, 1, 2, 3, 4]);
    const values = batchHyperparameters(batch, settings, ['roc_auc'], 42, 'regression');
    const names = Object.keys(values);
    expect(names).toEqual(names.map((_, index) => `batch_${index}`));
    expect(Object.values(values).every((value) => value.length <= 2500)).toBe(true);
    const read: unknown = JSON.parse(Object.values(values).join(''));
    expect(read).toMatchObject({ seed: 42, metrics: ['roc_auc'], settings: { 'trial-7': { algorithm: 'xgboost' } } });
    expect(read).toHaveProperty('fits.length', 200);
  });

  test('has no batch without a fit', () => {
    expect(() => batchesOf([], 0)).toThrow(RangeError);
    expect(batchesOf([], 3)).toEqual([]);
  });
});
