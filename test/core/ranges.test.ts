import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomSettings, range, type Range } from '../../core/ranges.ts';

const LOGARITHMIC: Range = { type: 'continuous', min: 0.001, max: 1000, scaling: 'logarithmic' };

function drawn(value: Range, count: number, seed = 1): unknown[] {
  return randomSettings('a', {}, { x: value }, count, seed).map(({ hyperparameters }) => hyperparameters['x']);
}

function numbers(value: Range, count: number): number[] {
  return drawn(value, count).filter((each) => typeof each === 'number');
}

describe('random settings', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(drawn(LOGARITHMIC, 5, 7)).toEqual(drawn(LOGARITHMIC, 5, 7));
    expect(drawn(LOGARITHMIC, 5, 7)).not.toEqual(drawn(LOGARITHMIC, 5, 8));
  });

  test('of a longer search begin with those of a shorter one', () => {
    expect(randomSettings('a', {}, { x: LOGARITHMIC }, 12, 7).slice(0, 3)).toEqual(
      randomSettings('a', {}, { x: LOGARITHMIC }, 3, 7),
    );
  });

  test('keep what has no range, and do not depend on the order of ranges', () => {
    const y: Range = { type: 'integer', min: 1, max: 9, scaling: 'linear' };
    const [one] = randomSettings('a', { fixed: true }, { x: LOGARITHMIC, y }, 1, 3);
    const [other] = randomSettings('a', { fixed: true }, { y, x: LOGARITHMIC }, 1, 3);
    expect(one?.hyperparameters['fixed']).toBe(true);
    expect(one).toEqual(other);
  });

  test('of one seed have nothing to do with those of the next: the first draws of all seeds are even', () => {
    const value: Range = { type: 'continuous', min: 0, max: 10, scaling: 'linear' };
    const seeds = Array.from({ length: 2000 }, (_, seed) => seed);
    for (const place of [0, 1, 2]) {
      const tenths = seeds.map((seed) => Math.floor(Number(drawn(value, 3, seed)[place])));
      for (let tenth = 0; tenth < 10; tenth += 1) {
        const count = tenths.filter((each) => each === tenth).length;
        expect(count).toSatisfy((found: number) => found > 140 && found < 260);
      }
    }
  });

  test('stay in their range', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 100 }), fc.nat(), (min, width, seed) => {
        const value: Range = { type: 'integer', min, max: min + width, scaling: 'linear' };
        for (const found of drawn(value, 20, seed)) {
          expect(found).toSatisfy((x: number) => Number.isInteger(x) && x >= min && x <= min + width);
        }
      }),
    );
  });

  test('draw a whole number from its ends as often as from its middle', () => {
    const counts = new Map<number, number>();
    for (const value of numbers({ type: 'integer', min: 1, max: 4, scaling: 'linear' }, 8000)) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    for (const value of [1, 2, 3, 4])
      expect(counts.get(value)).toSatisfy((count: number) => count > 1800 && count < 2200);
  });

  test('draw each order of magnitude of a logarithmic range alike', () => {
    const below = numbers(LOGARITHMIC, 4000).filter((value) => value < 1).length;
    expect(below).toSatisfy((count: number) => count > 1850 && count < 2150);
  });

  test('draw a reverse-logarithmic range densely towards 1', () => {
    const found = numbers({ type: 'continuous', min: 0, max: 0.999, scaling: 'reverse-logarithmic' }, 2000);
    expect(found.filter((value) => value > 0.9).length).toSatisfy((count: number) => count > 1200 && count < 1450);
    expect(found.every((value) => value >= 0 && value <= 0.999)).toBe(true);
  });

  test('choose each of some values', () => {
    expect(new Set(drawn({ type: 'categorical', values: ['l1', 'l2', null] }, 100))).toEqual(
      new Set(['l1', 'l2', null]),
    );
  });
});

describe('a range', () => {
  test.each([
    [{ type: 'continuous', min: 1, max: 1 }],
    [{ type: 'continuous', min: 0, max: 1, scaling: 'logarithmic' }],
    [{ type: 'continuous', min: 0, max: 1, scaling: 'reverse-logarithmic' }],
    [{ type: 'integer', min: 1.5, max: 3 }],
    [{ type: 'categorical', values: [] }],
  ])('is refused where nothing can be drawn: %j', (value) => {
    expect(range.safeParse(value).success).toBe(false);
  });
});
