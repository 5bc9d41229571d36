/**
 * The rank of each value, 1 for the smallest; equal values share the mean of their ranks (midranks).
 * Infinities are ranked as numbers.
 *
 * @throws RangeError for NaN, which has no rank.
 */
export function midranks(values: readonly number[]): number[] {
  if (values.some(Number.isNaN)) throw new RangeError('NaN has no rank');
  const sorted = values.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
  const ranks = new Map<number, { first: number; count: number }>();
  sorted.forEach((value, index) => {
    const known = ranks.get(value);
    if (known === undefined) ranks.set(value, { first: index + 1, count: 1 });
    else known.count += 1;
  });
  return values.map((value) => {
    const { first, count } = ranks.get(value) ?? { first: Number.NaN, count: 1 };
    return first + (count - 1) / 2;
  });
}
