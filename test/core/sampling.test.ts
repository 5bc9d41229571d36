import { describe, expect, test } from 'vitest';
import { questionOf, suggesterOf, wavesOf, type Tried } from '../../core/sampling.ts';
import { samplingConflicts } from '../../core/sampling-limits.ts';
import { withScaling, type Ranges } from '../../core/ranges.ts';
import { numbered, settingsToTry, type SearchPlan } from '../../core/search.ts';

const tuning = (changed: Partial<SearchPlan['tuning']> = {}): SearchPlan['tuning'] => ({
  ...{ trials: 22, sampler: 'bayesian' },
  ...changed,
});
const ranges: Ranges = {
  C: { type: 'continuous', min: 0.001, max: 10, scaling: 'auto' },
  depth: { type: 'integer', min: 1, max: 10, scaling: 'auto' },
  kind: { type: 'categorical', values: ['x', null] },
};
const base = (algorithm: string) => ({ id: `base-${algorithm}`, algorithm, hyperparameters: { fixed: 1 } });
const tried = (algorithm: string, C: number, ...scores: number[]): Tried => ({
  setting: { id: 'any', algorithm, hyperparameters: { fixed: 1, C, depth: 2, kind: 'x' } },
  scores,
  mean: scores.reduce((sum, score) => sum + score, 0) / scores.length,
});

describe('the waves of a tuning', () => {
  test('are as many as the sampler learns between, the last with the rest', () => {
    expect(wavesOf(tuning())).toEqual([5, 5, 5, 5, 2]);
    expect(wavesOf(tuning({ parallel: 11 }))).toEqual([11, 11]);
  });

  test('are one where nothing is learned', () => {
    expect(wavesOf(tuning({ sampler: 'sobol' }))).toEqual([22]);
    expect(wavesOf(tuning({ settings: [{ algorithm: 'a', hyperparameters: {} }] }))).toEqual([22]);
  });
});

describe('a job is asked', () => {
  test('by the samplers that are not drawn here, unless settings are given by hand', () => {
    expect(suggesterOf(tuning())).toBe('bayesian');
    expect(suggesterOf(tuning({ sampler: 'sobol' }))).toBe('sobol');
    expect(suggesterOf(tuning({ sampler: 'grid' }))).toBeUndefined();
    expect(suggesterOf(tuning({ settings: [{ algorithm: 'a', hyperparameters: {} }] }))).toBeUndefined();
    const plan = { algorithms: { a: { hyperparameters: {}, ranges } }, tuning: tuning() };
    expect(() => settingsToTry(plan, [base('a')], 0)).toThrow('a job suggests');
  });

  test('with the ranges as they scale, and with each algorithm’s own trials', () => {
    const plan = { algorithms: { a: { hyperparameters: {}, ranges }, b: { hyperparameters: {}, ranges: {} } } };
    const asked = { seed: 3, count: 5, goal: 'minimize', folds: 3 } as const;
    const question = questionOf('bayesian', plan, ['a', 'b'].map(base), asked, [
      tried('a', 1, 0.5, 0.7, 0.6),
      tried('b', 2, 0.1, 0.1, 0.1),
      tried('a', 3, 0.9, 0.7),
    ]);
    expect(question).toMatchObject({ sampler: 'bayesian', seed: 3, count: 5, startup: 10, goal: 'minimize' });
    const [a, b] = question.spaces;
    expect(a?.ranges).toMatchObject({
      C: { scaling: 'logarithmic' },
      depth: { scaling: 'linear' },
      kind: ranges['kind'],
    });
    expect(a?.trials.map(({ hyperparameters: { C }, mean, folds, finished }) => [C, mean, folds, finished])).toEqual([
      [1, expect.closeTo(0.6, 12), 3, true],
      [3, expect.closeTo(0.8, 12), 2, false],
    ]);
    expect(b?.trials).toHaveLength(1);
  });

  test('for settings that are named on from those before', () => {
    expect(numbered([base('a'), base('b')], 10).map(({ id }) => id)).toEqual(['trial-011', 'trial-012']);
  });
});

test.each([
  [1, 999.9, 'linear'],
  [1, 1000, 'logarithmic'],
  [0, 1000, 'linear'],
] as const)('from %s to %s auto is %s', (min, max, scaling) => {
  expect(withScaling({ type: 'continuous', min, max, scaling: 'auto' })).toEqual({
    ...{ type: 'continuous', min, max, scaling },
  });
  expect(withScaling({ type: 'continuous', min, max, scaling: 'linear' })).toMatchObject({ scaling: 'linear' });
});

describe('what does not fit the sampler is refused', () => {
  const wide = { folds: 5, studies: 1 };
  test.each([
    [{ sampler: 'random', parallel: 4 }, wide, 'parallel', /^found 4 with sampler random/],
    [{ trials: 10 }, wide, 'trials', /^found 10 in waves of 5; allowed: more than 10 with sampler bayesian/],
    [{ trials: 14, parallel: 7 }, wide, 'trials', /more than 14/],
    [{ trials: 20, parallel: 20 }, wide, 'trials', /more than 20/],
    [{ trials: 1001 }, wide, 'trials', /^found 1001; allowed: at most 1000 .* bayesian$/],
    [{ trials: 1001, sampler: 'sobol' }, wide, 'trials', /at most 1000 .* sobol$/],
    [{ trials: 300, parallel: 1 }, wide, 'parallel', /^found 1, which makes 300 waves; allowed: at least 2 for 300/],
    [{ trials: 1000 }, { folds: 5, studies: 4 }, 'parallel', /^found 5, which makes 200 waves; allowed: at least 20/],
    [{ trials: 300 }, { folds: 100, studies: 600 }, 'trials', /^found 300; allowed: at most 166/],
  ] as const)('%j over %j', (changed, width, field, message) => {
    const conflicts = samplingConflicts(tuning(changed), width);
    expect(conflicts.map((each) => each.field)).toEqual([field]);
    expect(conflicts[0]?.message).toMatch(message);
  });

  test('and what fits is not', () => {
    const fitting: Partial<SearchPlan['tuning']>[] = [
      ...[{ trials: 11 }, { trials: 20, parallel: 10 }, { trials: 300, parallel: 2 }, { trials: 1000 }],
      ...[{ sampler: 'sobol', trials: 1 } as const, { sampler: 'random', trials: 10_000 } as const],
      { trials: 3, settings: [{ algorithm: 'a', hyperparameters: {} }] },
    ];
    for (const each of fitting) expect(samplingConflicts(tuning(each), wide)).toEqual([]);
  });
});
