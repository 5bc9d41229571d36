import { describe, expect, test } from 'vitest';
import { chiSquareTail, studentCritical, studentTail } from '../../core/distributions.ts';
import { signedRank } from '../../core/signed-rank.ts';
import { compare, holm, meanInterval, standardError, testToTrain } from '../../core/statistics.ts';
import { scipyReference } from './scipy-reference.ts';

const scipy = scipyReference();

/** Whether two numbers agree to 1e-9, relative where they are above 1. */
function expectClose(found: number, expected: number): void {
  expect(Math.abs(found - expected) / Math.max(1, Math.abs(expected)), `${found} for ${expected}`).toBeLessThan(1e-9);
}

describe('distributions', () => {
  test('agree with scipy', () => {
    expect(scipy.distributions.length).toBeGreaterThan(100);
    for (const { df, t, t_tail, tail, critical, x, chi_square_tail } of scipy.distributions) {
      expectClose(studentTail(t, df), t_tail);
      expectClose(studentCritical(tail, df), critical);
      expectClose(chiSquareTail(x, df), chi_square_tail);
    }
  });

  test('have their limits', () => {
    expect(studentTail(Infinity, 4)).toBe(0);
    expect(studentTail(-Infinity, 4)).toBe(1);
    expect(studentTail(0, 4)).toBe(0.5);
    expect(chiSquareTail(0, 4)).toBe(1);
    expect(() => studentCritical(0, 4)).toThrow(RangeError);
    expect(() => studentCritical(Number.NaN, 4)).toThrow(RangeError);
  });
});

describe('the scores of one setting', () => {
  test('have the standard error and the corrected interval that scipy gives', () => {
    for (const { a, ratio, confidence, standardError: expected, interval } of scipy.comparisons) {
      expectClose(standardError(a), expected);
      const { low, high } = meanInterval(a, ratio, confidence);
      expectClose(low, interval[0]);
      expectClose(high, interval[1]);
    }
  });

  test.each([
    ['one score', [0.8]],
    ['none', []],
    ['NaN among them', [0.8, Number.NaN]],
  ])('have no spread with %s', (_, scores) => {
    expect(() => standardError(scores)).toThrow(RangeError);
    expect(() => meanInterval(scores, 0.25, 0.95)).toThrow(RangeError);
  });
});

describe('two settings over the same folds', () => {
  test('are compared as by the corrected resampled t-test', () => {
    for (const { a, b, ratio, confidence, differenceInterval, p } of scipy.comparisons) {
      const found = compare(a, b, ratio, confidence);
      expectClose(found.p, p);
      expectClose(found.interval.low, differenceInterval[0]);
      expectClose(found.interval.high, differenceInterval[1]);
      expect(found.signedRankP === undefined).toBe(a.length < 6);
    }
  });

  test('differ where the interval leaves out 0, at the same level', () => {
    const agree = scipy.comparisons.map(({ a, b, ratio, confidence }) => {
      const { p, interval } = compare(a, b, ratio, confidence);
      return p < 1 - confidence === (interval.low > 0 || interval.high < 0);
    });
    expect(agree).not.toContain(false);
  });

  test('that are the same are not told apart; that always differ alike are', () => {
    expect(compare([1, 2, 4], [1, 2, 4], 0.5, 0.95)).toMatchObject({ difference: 0, p: 1 });
    expect(compare([2, 3, 5], [1, 2, 4], 0.5, 0.95)).toMatchObject({ difference: 1, p: 0 });
  });

  test('are refused where they have other folds', () => {
    expect(() => compare([1, 2, 3], [1, 2], 0.5, 0.95)).toThrow(/same folds/);
  });
});

describe("Wilcoxon's signed rank test", () => {
  test('is exact as in scipy, with ties and zeros too', () => {
    expect(scipy.signedRanks.length).toBeGreaterThan(10);
    for (const { differences, alternative, p } of scipy.signedRanks) {
      expectClose(signedRank(differences, alternative), p);
    }
  });

  test('finds nothing where nothing differs', () => {
    expect(signedRank([0, 0, 0], 'two-sided')).toBe(1);
    expect(signedRank([], 'greater')).toBe(1);
  });

  test('takes infinite differences as the largest, and refuses NaN', () => {
    expect(signedRank([1, 2, Infinity], 'greater')).toBe(signedRank([1, 2, 3], 'greater'));
    expect(() => signedRank([1, Number.NaN], 'less')).toThrow(RangeError);
  });
});

describe('p values after Holm', () => {
  test("are those of Holm's steps, in the order given", () => {
    const found = holm([0.01, 0.04, 0.03, 0.005]);
    // Sorted: 4 × .005, 3 × .01, 2 × .03, then .04, which may not be below the one before it.
    [0.03, 0.06, 0.06, 0.02].forEach((expected, index) => {
      expectClose(found[index] ?? Number.NaN, expected);
    });
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe('the ratio of test to training rows', () => {
  test('is the mean over the folds', () => {
    const folds = [
      { train_rows: 80, test_rows: 20 },
      { train_rows: 40, test_rows: 20 },
    ];
    expect(testToTrain(folds)).toBe(0.375);
    expect(() => testToTrain([])).toThrow(RangeError);
    expect(() => testToTrain([{ train_rows: 0, test_rows: 2 }])).toThrow(RangeError);
  });
});
