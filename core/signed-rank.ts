import { midranks } from './ranks.ts';

/** What the differences are, if the test's null hypothesis (they are symmetric around 0) does not hold. */
export type Alternative = 'two-sided' | 'greater' | 'less';

/**
 * The p value of Wilcoxon's signed rank test on paired differences.
 *
 * Differences of 0 are dropped, as Wilcoxon (Individual Comparisons by Ranking Methods, Biometrics Bulletin 1, 1945) does; equal ones share
 * their mean rank. The p value is exact, ties or not: the distribution over all signs of the ranks that there are. Without any difference
 * it is 1. With n differences it is never below 2^-n ('two-sided': 2^(1-n)), so 6 folds are the fewest that can show p < 0.05.
 *
 * @throws RangeError for NaN.
 */
export function signedRank(differences: readonly number[], alternative: Alternative): number {
  if (differences.some(Number.isNaN)) throw new RangeError('NaN is no difference');
  const real = differences.filter((difference) => difference !== 0);
  // Twice a mean rank is a whole number.
  const ranks = midranks(real.map(Math.abs)).map((rank) => rank * 2);
  const positive = sum(ranks.filter((_, index) => (real[index] ?? 0) > 0));
  const negative = sum(ranks) - positive;
  const atLeast = (observed: number): number => sum(signDistribution(ranks).slice(observed));
  switch (alternative) {
    case 'greater':
      return atLeast(positive);
    case 'less':
      return atLeast(negative);
    case 'two-sided':
      return Math.min(1, 2 * atLeast(Math.max(positive, negative)));
  }
}

/** The probability of each sum (its index) of those `ranks` whose fair coin shows a plus. */
function signDistribution(ranks: readonly number[]): number[] {
  return ranks.reduce(
    (chances, rank) =>
      Array.from(
        { length: chances.length + rank },
        (_, total) => ((chances[total] ?? 0) + (chances[total - rank] ?? 0)) / 2,
      ),
    [1],
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
