import { describe, expect, test } from 'vitest';
import type { FitResult } from '../../core/results.ts';
import { bestOf, trialsOf } from '../../core/scores.ts';
import type { Setting } from '../../core/setting.ts';

const setting = (id: string): Setting => ({ id, algorithm: 'a', hyperparameters: {} });
const HASH = `sha256:${'0'.repeat(64)}`;

function fit(id: string, fold: number, auc: number): FitResult {
  const timings = { fit_seconds: 0, score_seconds: 0 };
  return {
    setting: id,
    algorithm: 'a',
    hyperparameters: {},
    fold,
    metrics: { auc },
    fitted_hash: HASH,
    test_hash: HASH,
    ...timings,
  };
}

describe('trials', () => {
  test('have the mean and the sample sd of their fits, folds in order whatever the order of the fits', () => {
    const [trial] = trialsOf([setting('a')], [fit('a', 1, 0.9), fit('a', 0, 0.7), fit('a', 2, 0.8)], 3, 'auc');
    expect(trial?.scores).toEqual([0.7, 0.9, 0.8]);
    expect(trial?.mean).toBeCloseTo(0.8, 12);
    expect(trial?.sd).toBeCloseTo(0.1, 12);
  });

  test.each([
    ['a fold is missing', [fit('a', 0, 1)]],
    ['a fold is there twice', [fit('a', 0, 1), fit('a', 0, 1)]],
    ['another fold is there instead', [fit('a', 0, 1), fit('a', 2, 1)]],
  ])('are refused where %s', (_, fits) => {
    expect(() => trialsOf([setting('a')], fits, 2, 'auc')).toThrow(/expected one fit on each of 2 folds/);
  });

  test('are refused where a fit lacks the objective', () => {
    expect(() => trialsOf([setting('a')], [fit('a', 0, 1), fit('a', 1, 1)], 2, 'f1')).toThrow(/no f1/);
  });
});

describe('the best trial', () => {
  const trials = trialsOf(
    ['low', 'high', 'same'].map(setting),
    [fit('low', 0, 1), fit('low', 1, 2), fit('high', 0, 5), fit('high', 1, 6), fit('same', 0, 6), fit('same', 1, 5)],
    2,
    'auc',
  );

  test('is the highest or the lowest, as the goal says; of equals the first', () => {
    expect(bestOf(trials, 'maximize').setting.id).toBe('high');
    expect(bestOf(trials, 'minimize').setting.id).toBe('low');
  });

  test('of none is refused', () => {
    expect(() => bestOf([], 'maximize')).toThrow(RangeError);
  });
});
