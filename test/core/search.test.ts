import { describe, expect, test } from 'vitest';
import { bestWinner, optimisticMean, triedOn, winnerOf } from '../../core/per-fold.ts';
import { gridSettings, gridSize, type Ranges } from '../../core/ranges.ts';
import type { FitResult } from '../../core/results.ts';
import { algorithmsToTune, settingsToTry, type SearchPlan } from '../../core/search.ts';

const C: Ranges = { C: { type: 'continuous', min: 0.1, max: 1, scaling: 'linear' } };
const base = (algorithm: string) => ({ id: `base-${algorithm}`, algorithm, hyperparameters: { fixed: 1 } });
const plan = (tuning: Partial<SearchPlan['tuning']> = {}): SearchPlan => ({
  algorithms: {
    a: { hyperparameters: { fixed: 1 }, ranges: C },
    b: { hyperparameters: { fixed: 2 }, ranges: {} },
    c: { hyperparameters: {}, ranges: C },
  },
  tuning: { trials: 3, sampler: 'random', ...tuning },
});

describe('the algorithms to tune', () => {
  const ranked = ['b', 'a', 'c'].map(base);
  test.each([
    ['best', []],
    ['top-2', ['a']],
    ['all', ['a', 'c']],
  ])('with %s are those of the best that have ranges', (tune, algorithms) => {
    expect(algorithmsToTune(ranked, tune, plan()).map(({ algorithm }) => algorithm)).toEqual(algorithms);
  });
});

describe('the settings to try', () => {
  test('are so many for each algorithm, each with a name of its own', () => {
    const settings = settingsToTry(plan(), ['a', 'c'].map(base), 1);
    expect(settings.map(({ algorithm }) => algorithm)).toEqual(['a', 'a', 'a', 'c', 'c', 'c']);
    expect(new Set(settings.map(({ id }) => id)).size).toBe(6);
  });

  test('begin with the winner of an earlier run, where its algorithm has ranges and nothing is given by hand', () => {
    const earlier = { algorithm: 'c', hyperparameters: { C: 0.3 } };
    const settings = settingsToTry(plan(), [base('a')], 1, earlier);
    expect(settings[0]).toEqual({ id: 'trial-001', ...earlier });
    expect(settings.slice(1).map(({ hyperparameters }) => hyperparameters)).toEqual(
      settingsToTry(plan(), [base('a')], 1).map(({ hyperparameters }) => hyperparameters),
    );
    expect(settingsToTry(plan(), [base('a')], 1, { ...earlier, algorithm: 'b' })).toHaveLength(3);
    expect(settingsToTry(plan({ settings: [earlier] }), [], 1, earlier)).toHaveLength(1);
  });

  test('given by hand are completed by their base setting, and nothing is drawn', () => {
    const given = [{ algorithm: 'a', hyperparameters: { C: 7 } }];
    expect(settingsToTry(plan({ settings: given }), [base('c')], 1)).toEqual([
      { id: 'trial-001', algorithm: 'a', hyperparameters: { fixed: 1, C: 7 } },
    ]);
  });

  test('of a grid are every combination once', () => {
    const ranges: Ranges = {
      depth: { type: 'integer', min: 2, max: 4, scaling: 'auto' },
      loss: { type: 'categorical', values: ['x', 'y'] },
    };
    const settings = gridSettings('a', { fixed: 1 }, ranges);
    expect(gridSize(ranges)).toBe(6);
    expect(settings.map(({ hyperparameters: { depth, loss } }) => `${String(depth)}${String(loss)}`)).toEqual([
      ...['2x', '2y', '3x', '3y', '4x', '4y'],
    ]);
  });
});

describe('a fold that tunes on its own', () => {
  const fit = (setting: string, fold: number, score: number): FitResult => ({
    ...{ setting, fold, algorithm: 'a', hyperparameters: {}, metrics: { auc: score } },
    ...{ fitted_hash: '', test_hash: '', fit_seconds: 1, score_seconds: 0 },
  });
  const settings = ['x', 'y'].map((id) => ({ ...base('a'), id }));

  test('takes the best on its own rows; of equals the first', () => {
    const fits = [fit('x', 0, 0.5), fit('y', 0, 0.7), fit('x', 1, 0.9)];
    const even = [fit('x', 0, 0.5), fit('y', 0, 0.5)];
    const tried = triedOn(0, settings, fits, 'auc');
    expect(winnerOf(0, tried, 'maximize')).toMatchObject({ fold: 0, setting: { id: 'y' }, score: 0.7 });
    expect(winnerOf(0, tried, 'minimize').setting.id).toBe('x');
    expect(winnerOf(0, triedOn(0, [...settings].reverse(), even, 'auc'), 'minimize').setting.id).toBe('y');
    expect(() => winnerOf(2, [], 'maximize')).toThrow('fold 2 has no setting');
    expect(() => triedOn(1, settings, fits, 'auc')).toThrow('y has no auc on fold 1');
  });

  test('and its fellows have a mean that flatters, and a best', () => {
    const [x, y] = settings;
    if (x === undefined || y === undefined) throw new Error('two settings');
    const winners = [
      { fold: 0, setting: x, score: 0.6 },
      { fold: 1, setting: y, score: 0.8 },
    ];
    expect(optimisticMean(winners)).toBeCloseTo(0.7, 12);
    expect(bestWinner(winners, 'maximize').fold).toBe(1);
    expect(bestWinner(winners, 'minimize').fold).toBe(0);
  });
});
