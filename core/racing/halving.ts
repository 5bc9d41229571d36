import { type FoldScores, total } from './fold-scores.ts';

/**
 * Successive halving with folds as the resource: Jamieson and Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization, AISTATS 2016. After 2, 4, 8, … folds the better half by mean stays; of an odd number the greater half. Of equals the
 * first stays.
 *
 * @returns the indices that stay, ascending
 */
export function halvingSurvivors(scores: FoldScores): number[] {
  const all = scores.map((_, index) => index);
  if (!Number.isInteger(Math.log2(scores[0]?.length ?? 0))) return all;
  const sums = scores.map(total);
  return all
    .toSorted((a, b) => compareDown(sums[a] ?? -Infinity, sums[b] ?? -Infinity) || a - b)
    .slice(0, Math.ceil(all.length / 2))
    .sort((a, b) => a - b);
}

function compareDown(a: number, b: number): number {
  return a > b ? -1 : Number(a < b);
}
