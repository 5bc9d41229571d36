import type { Goal } from '../results.ts';

/** One row a setting, one column a fold: the folds that all settings in the race have been scored on, in the same order. */
export type FoldScores = readonly (readonly number[])[];

/**
 * The scores so that more is better. A score of NaN counts as the worst there is.
 *
 * @throws RangeError where a setting has other folds than the first: the race is over shared folds.
 */
export function moreIsBetter(scores: FoldScores, goal: Goal): number[][] {
  const folds = scores[0]?.length ?? 0;
  const odd = scores.findIndex((row) => row.length !== folds);
  if (odd >= 0) throw new RangeError(`setting ${odd} has ${scores[odd]?.length} folds, the first has ${folds}`);
  const sign = goal === 'maximize' ? 1 : -1;
  return scores.map((row) => row.map((score) => (Number.isNaN(score) ? -Infinity : sign * score)));
}

/** The index of the setting with the best mean; of equals the first. `scores` are those of `moreIsBetter`. */
export function leader(scores: FoldScores): number {
  const sums = scores.map(total);
  return sums.reduce((best, sum, index) => (sum > (sums[best] ?? -Infinity) ? index : best), 0);
}

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** a - b, and 0 where both are the worst there is. */
export function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
