import { mean, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import type { Trial } from '../../core/scores.ts';
import { compare, meanInterval, standardError } from '../../core/statistics.ts';
import { trialRows } from '../../core/trial-table.ts';

const OPTIONS = { ratio: 0.25, confidence: 0.95 };
const BEST = [0.9, 0.92, 0.88, 0.91, 0.89];

function trial(id: string, scores: number[]): Trial {
  const setting = { id, algorithm: 'a', hyperparameters: {} };
  return { setting, scores, mean: mean(scores), sd: sampleStandardDeviation(scores), metrics: {} };
}

const TRIALS = [
  trial('close', [0.91, 0.9, 0.885, 0.9, 0.895]),
  trial('best', BEST),
  trial('far', [0.7, 0.72, 0.69, 0.71, 0.69]),
  trial('dropped', [0.95, 0.96]),
];

describe('the rows of trials', () => {
  const rows = trialRows(TRIALS, 'maximize', OPTIONS);
  const byId = (id: string): (typeof rows)[number] | undefined => rows.find(({ setting }) => setting.id === id);

  test('stand in the order of the trials, each with its own numbers', () => {
    expect(rows.map(({ setting }) => setting.id)).toEqual(['close', 'best', 'far', 'dropped']);
    expect(byId('best')).toEqual({
      setting: TRIALS[1]?.setting,
      folds: 5,
      mean: mean(BEST),
      sd: sampleStandardDeviation(BEST),
      standardError: standardError(BEST),
      interval: meanInterval(BEST, 0.25, 0.95),
      behind: 0,
      p: undefined,
      tie: true,
    });
  });

  test('compare each other trial with the best, p adjusted for how many there are', () => {
    const far = compare(BEST, TRIALS[2]?.scores ?? [], 0.25, 0.95);
    expect(byId('far')?.p).toBeCloseTo(far.p * 3, 12);
    expect(byId('far')?.behind).toBeCloseTo(0.198, 12);
  });

  test('call a tie what cannot be told apart from the best', () => {
    expect(rows.map(({ tie }) => tie)).toEqual([true, true, false, true]);
  });

  test('compare a trial that a race dropped over the folds that it has', () => {
    expect(byId('dropped')?.folds).toBe(2);
    expect(byId('dropped')?.behind).toBeCloseTo(0.91 - 0.955, 12);
  });

  test('take the lowest as the best where the goal is to minimize', () => {
    const lowest = trialRows(TRIALS, 'minimize', OPTIONS);
    expect(lowest.find(({ p }) => p === undefined)?.setting.id).toBe('far');
    expect(lowest.filter(({ tie }) => tie).map(({ setting }) => setting.id)).toEqual(['far']);
    expect(lowest.find(({ setting }) => setting.id === 'best')?.behind).toBeCloseTo(0.198, 12);
    expect(lowest.find(({ setting }) => setting.id === 'far')?.behind).toBe(0);
  });

  test('of one trial is the best alone; of none, or of one fold, there are none', () => {
    expect(trialRows([trial('only', BEST)], 'maximize', OPTIONS)).toMatchObject([{ p: undefined, tie: true }]);
    expect(() => trialRows([], 'maximize', OPTIONS)).toThrow(RangeError);
    expect(() => trialRows([{ ...trial('one', BEST), scores: [0.9] }], 'maximize', OPTIONS)).toThrow(/2 scores/);
  });
});
