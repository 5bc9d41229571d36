import { describe, expect, test } from 'vitest';
import { compareComplexity, complexityOf, orderOf as orderFor, simpler } from '../../core/complexity.ts';
import { CrossfoldError } from '../../core/errors.ts';
import type { Trial } from '../../core/scores.ts';
import { finishersOf, select, selectTrial } from '../../core/selection.ts';
import type { Hyperparameters, Setting } from '../../core/setting.ts';

const setting = (hyperparameters: Hyperparameters, algorithm = 'random_forest'): Setting => ({
  id: JSON.stringify(hyperparameters),
  algorithm,
  hyperparameters,
});

const STEP = 0.01 * Math.SQRT2;

/** A trial whose mean is `mean`, with a standard error of 0.01. */
function trial(mean: number, hyperparameters: Hyperparameters, algorithm?: string): Trial {
  const scores = [-2, -1, 0, 1, 2].map((step) => mean + step * STEP);
  return { setting: setting(hyperparameters, algorithm), scores, mean, sd: 0.01 * Math.sqrt(5), metrics: {} };
}

const orderOf = (algorithm: string): ReturnType<typeof complexityOf> => complexityOf(algorithm, undefined);
const depthOf = ({ setting: { hyperparameters } }: Trial): unknown => hyperparameters['max_depth'];

describe('complexity', () => {
  const forest = orderOf('random_forest');
  test.each([
    ['the first hyperparameter that differs', { max_depth: 3, n_estimators: 500 }, { max_depth: 9, n_estimators: 10 }],
    ['the next one where that is equal', { max_depth: 3, n_estimators: 10 }, { max_depth: 3, n_estimators: 500 }],
    ['the higher value where higher is simpler', { min_samples_leaf: 9 }, { min_samples_leaf: 2 }],
    ['a limit before none', { max_depth: 30 }, { max_depth: null }],
    ['a limit before one that is not given', { min_samples_leaf: 1 }, {}],
  ])('is told by %s', (_, simple, complex) => {
    expect(compareComplexity(setting(simple), setting(complex), forest)).toBeLessThan(0);
    expect(compareComplexity(setting(complex), setting(simple), forest)).toBeGreaterThan(0);
  });

  test('is the same where only other hyperparameters differ', () => {
    expect(compareComplexity(setting({ max_features: 0.2 }), setting({ max_features: 0.9 }), forest)).toBe(0);
  });

  test("is the pipeline's own where it has one", () => {
    expect(complexityOf('random_forest', { max_features: 'lower' })).toEqual({ max_features: 'lower' });
    expect(complexityOf('mine', { rounds: 'lower' })).toEqual({ rounds: 'lower' });
  });

  test.each<[algorithm: string, what: string, simple: Hyperparameters, complex: Hyperparameters]>([
    ['xgboost', 'a depth that is not given is 6', {}, { max_depth: 8 }],
    ['xgboost', 'and more than 4', { max_depth: 4 }, {}],
    ['xgboost', 'null is not given', { max_depth: null }, { max_depth: 8 }],
    ['xgboost', 'a depth of 0 is no limit', { max_depth: 30 }, { max_depth: 0 }],
    ['xgboost', 'leaves that are not given have no limit', { max_leaves: 500 }, {}],
    ['xgboost', 'a minimum that is not given is the least', { min_child_weight: 2 }, {}],
    ['xgboost', 'a penalty that is not given is 1', {}, { reg_lambda: 0.5 }],
    ['random_forest', 'a depth that is not given has no limit', { max_depth: 30 }, {}],
    ['random_forest', 'leaves that are not given have at least 1 row', { min_samples_leaf: 2 }, {}],
    ['random_forest', 'trees that are not given are 100', {}, { n_estimators: 200 }],
    ['logistic_regression', 'a strength that is not given is 1', {}, { C: 10 }],
    ['ridge', 'the stronger penalty', { alpha: 10 }, { alpha: 2 }],
    ['ridge', 'a penalty that is not given is 1', {}, { alpha: 0.1 }],
    ['elastic_net', 'the stronger penalty', { alpha: 1, l1_ratio: 0 }, { alpha: 0.1, l1_ratio: 1 }],
    ['elastic_net', 'of equal ones that with more of L1', { alpha: 1, l1_ratio: 0.9 }, { alpha: 1 }],
    ['hist_gradient_boosting', 'leaves that are not given are 31', {}, { max_leaf_nodes: 60 }],
    ['hist_gradient_boosting', 'null leaves have no limit', { max_leaf_nodes: 60 }, { max_leaf_nodes: null }],
    ['hist_gradient_boosting', 'a depth that is not given has no limit', { max_depth: 30 }, {}],
    ['hist_gradient_boosting', 'rounds that are not given are 100', { max_iter: 50 }, {}],
    ['hist_gradient_boosting', 'leaves that are not given have 20 rows', {}, { min_samples_leaf: 5 }],
    ['hist_gradient_boosting', 'a penalty that is not given is 0', { l2_regularization: 1 }, {}],
  ])('knows of %s: %s', (algorithm, _, simple, complex) => {
    const order = orderFor(algorithm, undefined) ?? {};
    expect(compareComplexity(setting(simple), setting(complex), order)).toBeLessThan(0);
    expect(compareComplexity(setting(complex), setting(simple), order)).toBeGreaterThan(0);
  });

  test.each<[string, Hyperparameters]>([
    ['xgboost', { max_depth: 6, max_leaves: 0, n_estimators: 100, min_child_weight: 1, gamma: 0, reg_lambda: 1 }],
    ['random_forest', { max_depth: null, min_samples_leaf: 1, min_samples_split: 2, n_estimators: 100 }],
    ['hist_gradient_boosting', { max_leaf_nodes: 31, max_depth: null, max_iter: 100, min_samples_leaf: 20 }],
    ['elastic_net', { alpha: 1, l1_ratio: 0.5 }],
  ])('of %s is the same for its defaults, given or not', (algorithm, defaults) => {
    expect(compareComplexity(setting(defaults), setting({}), orderFor(algorithm, undefined) ?? {})).toBe(0);
  });

  test('of a pipeline may say what an algorithm takes where a setting gives none, and which value is no limit', () => {
    const own = simpler.parse({ rounds: { is: 'lower', default: 10, unlimited: -1 } });
    const order = orderFor('mine', own) ?? {};
    expect(compareComplexity(setting({}), setting({ rounds: 11 }), order)).toBeLessThan(0);
    expect(compareComplexity(setting({ rounds: 9 }), setting({}), order)).toBeLessThan(0);
    expect(compareComplexity(setting({ rounds: 500 }), setting({ rounds: -1 }), order)).toBeLessThan(0);
  });

  test("of an algorithm of crossfold's has its defaults where the pipeline changes the order", () => {
    const order = orderFor('xgboost', { n_estimators: 'lower', max_depth: 'lower' }) ?? {};
    expect(Object.keys(order)).toEqual(['n_estimators', 'max_depth']);
    expect(compareComplexity(setting({}), setting({ max_depth: 8 }), order)).toBeLessThan(0);
  });

  test('of a run that was started without defaults is the one that it has chosen by', () => {
    const [base, deeper] = [setting({}), setting({ max_depth: 8 })];
    expect(compareComplexity(deeper, base, complexityOf('xgboost', undefined))).toBeLessThan(0);
  });

  test.each(['mine', 'constructor'])('of the algorithm %s is refused by its name', (algorithm) => {
    expect(() => orderOf(algorithm)).toThrow(CrossfoldError);
    expect(() => orderOf(algorithm)).toThrow(new RegExp(`^${algorithm} has no order.*algorithms.${algorithm}.simpler`));
  });

  test('of a text is refused, naming it', () => {
    const deep = setting({ max_depth: 'deep' });
    expect(() => compareComplexity(deep, setting({ max_depth: 3 }), forest)).toThrow(/max_depth, which is "deep"/);
  });
});

describe('a selection', () => {
  const trials = [
    trial(0.86, { max_depth: 2 }),
    trial(0.891, { max_depth: 4 }),
    trial(0.895, { max_depth: 6 }),
    trial(0.9, { max_depth: 10 }),
    trial(0.895, { max_depth: 4 }, 'xgboost'),
  ];

  test.each([
    ['best', 10],
    ['one-standard-error', 4],
    ['simplest-within-0', 10],
    ['simplest-within-0.006', 6],
    ['simplest-within-0.02', 4],
    ['simplest-within-1', 2],
  ])('by %s takes the depth %i', (rule, depth) => {
    expect(select.parse(rule)).toBe(rule);
    expect(depthOf(selectTrial(trials, 'maximize', rule, orderOf))).toBe(depth);
  });

  test('takes the lowest mean as the best where the goal is to minimize', () => {
    const losses = [trial(0.3, { max_depth: 9 }), trial(0.305, { max_depth: 2 }), trial(0.5, { max_depth: 1 })];
    expect(depthOf(selectTrial(losses, 'minimize', 'best', orderOf))).toBe(9);
    expect(depthOf(selectTrial(losses, 'minimize', 'one-standard-error', orderOf))).toBe(2);
  });

  test('of equally simple settings takes the better one', () => {
    const equal = [trial(0.895, { max_depth: 3 }), trial(0.897, { max_depth: 3 }), trial(0.9, { max_depth: 5 })];
    expect(selectTrial(equal, 'maximize', 'one-standard-error', orderOf).mean).toBe(0.897);
  });

  test('leaves out what a race dropped, even where its mean over fewer folds is better', () => {
    const [, , , best] = trials;
    const dropped = { ...trial(0.99, { max_depth: 1 }), scores: [0.99, 0.99] };
    expect(finishersOf([dropped, ...trials])).toEqual(trials);
    expect(selectTrial([dropped, ...trials], 'maximize', 'best', orderOf)).toBe(best);
  });

  test('needs no order to take the best, and refuses an algorithm without one else', () => {
    const own = [trial(0.9, { rounds: 3 }, 'mine')];
    expect(selectTrial(own, 'maximize', 'best', orderOf)).toBe(own[0]);
    expect(() => selectTrial(own, 'maximize', 'one-standard-error', orderOf)).toThrow(/^mine has no order/);
  });

  test('of none, or by an unknown rule, is refused', () => {
    expect(() => selectTrial([], 'maximize', 'best', orderOf)).toThrow(RangeError);
    expect(() => selectTrial(trials, 'maximize', 'newest', orderOf)).toThrow(RangeError);
    expect(select.safeParse('simplest-within-').success).toBe(false);
    expect(select.safeParse('simplest-within--1').success).toBe(false);
  });
});
