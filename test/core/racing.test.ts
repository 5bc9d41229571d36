import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { friedmanSurvivors, friedmanTest } from '../../core/racing/friedman.ts';
import { FEW_TEST_ROWS, RACE_RULES, raceBy, type RaceRule } from '../../core/racing.ts';
import { scipyReference } from './scipy-reference.ts';

const { friedmans } = scipyReference();
const MANY = { testRows: FEW_TEST_ROWS };
const FEW = { testRows: FEW_TEST_ROWS - 1 };

/** Scores of `settings` settings on `folds` folds, each a little better than the one before it on every fold. */
function ladder(settings: number, folds: number): number[][] {
  return Array.from({ length: settings }, (_, setting) =>
    Array.from({ length: folds }, (_, fold) => 0.5 + setting * 0.01 + fold * 0.1),
  );
}

const survivors = (rule: RaceRule, scores: number[][], options = MANY): number[] =>
  raceBy(rule)(scores, 'maximize', options);

describe("Friedman's test", () => {
  test("agrees with scipy, and its critical difference with Conover's formula, with ties and without", () => {
    expect(friedmans.length).toBeGreaterThan(5);
    for (const { scores, statistic, p, criticalDifference } of friedmans) {
      const found = friedmanTest(scores, 0.05);
      expect(found.statistic).toBeCloseTo(statistic, 9);
      expect(found.p).toBeCloseTo(p, 9);
      expect(found.criticalDifference).toBeCloseTo(criticalDifference, 9);
    }
  });

  test('finds nothing where every fold scores all settings alike', () => {
    const scores = [
      [0.8, 0.9],
      [0.8, 0.9],
      [0.8, 0.9],
    ];
    expect(friedmanTest(scores, 0.05)).toMatchObject({ statistic: 0, p: 1 });
    expect(survivors('friedman', scores)).toEqual([0, 1, 2]);
  });
});

describe('a race', () => {
  const scores = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 10 })).chain(([settings, folds]) =>
    fc.array(
      fc.array(fc.oneof(fc.double({ min: 0, max: 1 }), fc.constantFrom(0.5, 0.75)), {
        minLength: folds,
        maxLength: folds,
      }),
      { minLength: settings, maxLength: settings },
    ),
  );

  test.each(RACE_RULES)('by %s keeps at least one setting, each once, in order, whatever the scores', (rule) => {
    fc.assert(
      fc.property(scores, fc.boolean(), (given, many) => {
        const found = survivors(rule, given, many ? MANY : FEW);
        expect(found.length).toBeGreaterThan(0);
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        expect(found.every((index) => index >= 0 && index < given.length)).toBe(true);
      }),
    );
  });

  test.each(RACE_RULES)('by %s finds the same with every score turned around and the goal with it', (rule) => {
    fc.assert(
      fc.property(scores, (given) => {
        const turned = given.map((row) => row.map((score) => -score));
        expect(raceBy(rule)(turned, 'minimize', MANY)).toEqual(survivors(rule, given));
      }),
    );
  });

  test.each(RACE_RULES)('by %s keeps a setting that is the best on every fold', (rule) => {
    fc.assert(
      fc.property(scores, fc.nat(), (given, pick) => {
        const champion = pick % given.length;
        const won = given.map((row, index) => row.map((score) => (index === champion ? 2 : score)));
        expect(survivors(rule, won)).toContain(champion);
      }),
    );
  });

  test.each(RACE_RULES)('by %s drops nothing after one fold', (rule) => {
    expect(survivors(rule, ladder(20, 1))).toHaveLength(20);
  });

  test.each(['friedman', 'halving', 'wilcoxon'] as const)('by %s drops the worst of a clear ladder', (rule) => {
    const found = survivors(rule, ladder(20, 4));
    expect(found).not.toContain(0);
    expect(found).toContain(19);
  });

  test.each(['friedman', 'halving', 'wilcoxon'] as const)('by %s takes NaN as the worst score', (rule) => {
    const broken = ladder(20, 4).map((row, index) => (index === 19 ? row.map(() => Number.NaN) : row));
    const found = survivors(rule, broken);
    expect(found).not.toContain(19);
    expect(found).toContain(18);
  });

  test('that is off keeps all', () => {
    expect(survivors('off', ladder(20, 10))).toHaveLength(20);
  });

  test('over different folds is refused', () => {
    expect(() => survivors('friedman', [[0.5, 0.6], [0.5]])).toThrow(/setting 1 has 1 folds/);
  });

  test('of no setting has no survivor', () => {
    for (const rule of RACE_RULES) expect(survivors(rule, [])).toEqual([]);
  });
});

describe("a race by Friedman's test", () => {
  test('begins one fold later where folds are small', () => {
    expect(survivors('friedman', ladder(20, 2), MANY).length).toBeLessThan(20);
    expect(survivors('friedman', ladder(20, 2), FEW)).toHaveLength(20);
    expect(survivors('friedman', ladder(20, 3), FEW).length).toBeLessThan(20);
  });

  test('decides between two settings from the 7th fold on, by their mean', () => {
    expect(survivors('friedman', ladder(2, 6))).toEqual([0, 1]);
    expect(survivors('friedman', ladder(2, 7))).toEqual([1]);
  });

  test.each([
    [3, 2, 3],
    [3, 4, 1],
    [4, 2, 4],
    [4, 3, 1],
    [5, 2, 1],
  ])('with %i settings that agree on all of %i folds keeps %i: a few agree by chance', (settings, folds, kept) => {
    expect(survivors('friedman', ladder(settings, folds))).toHaveLength(kept);
  });

  test('with a gate drops nothing where the test finds no difference', () => {
    const scores = [
      [0.9, 0.9, 0.9],
      [0.8, 0.8, 0.8],
      [0.7, 0.85, 0.7],
      [0.85, 0.7, 0.85],
    ];
    expect(friedmanTest(scores, 0.2).p).toBeGreaterThan(0.05);
    expect(friedmanSurvivors(scores, { gate: 1, level: 0.2 })).toEqual([0]);
    expect(friedmanSurvivors(scores, { gate: 0.05, level: 0.2 })).toEqual([0, 1, 2, 3]);
  });

  test('keeps what ties with the best in rank', () => {
    const tied = [...ladder(10, 3), ...ladder(10, 3).slice(-1)];
    expect(survivors('friedman', tied)).toEqual(expect.arrayContaining([9, 10]));
  });
});

describe('a race by halving', () => {
  test.each([
    [2, 20],
    [3, 40],
    [4, 20],
    [5, 40],
    [8, 20],
  ])('after %i folds keeps %i of 40', (folds, kept) => {
    const all = ladder(40, folds);
    expect(survivors('halving', all)).toEqual(all.map((_, index) => index).slice(-kept));
  });

  test('keeps the greater half of an odd number, and of equals the first', () => {
    const equal = Array.from({ length: 5 }, () => [0.5, 0.5]);
    expect(survivors('halving', equal)).toEqual([0, 1, 2]);
  });
});

describe("a race by Wilcoxon's test", () => {
  test('tells nothing apart before the fourth fold', () => {
    expect(survivors('wilcoxon', ladder(5, 3))).toHaveLength(5);
    expect(survivors('wilcoxon', ladder(5, 4))).toEqual([4]);
  });

  test('keeps a setting that is worse on average but better on most folds', () => {
    const scores = [
      [0.9, 0.9, 0.9, 0.9],
      [0.91, 0.91, 0.91, 0.5],
    ];
    expect(survivors('wilcoxon', scores)).toEqual([0, 1]);
  });
});
