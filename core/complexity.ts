import { z } from 'zod';
import { CrossfoldError } from './errors.ts';
import type { Setting } from './setting.ts';

const direction = z.enum(['lower', 'higher']);

const measure = z.strictObject({
  is: direction.describe('Which way it makes a model simpler.'),
  default: z.number().optional().describe('What the algorithm takes where a setting gives none; default: no limit.'),
  unlimited: z.number().nullable().optional().describe('The value that sets no limit.'),
});
type Measure = z.infer<typeof measure>;

/** Which way a hyperparameter makes a model simpler, and what it is where a setting does not say. */
export const simpler = z
  .record(z.string(), z.union([direction, measure]))
  .refine((order) => Object.keys(order).length > 0, {
    message: 'found no hyperparameter; allowed: at least one, such as max_depth: lower',
  });

/** What makes a model simpler, the most telling hyperparameter first: the first one that differs decides. */
export type ComplexityOrder = z.infer<typeof simpler>;

/**
 * The orders of the algorithms that come with crossfold, with the defaults of scikit-learn 1.9 and XGBoost 3.2. A hyperparameter that
 * changes the fit in both directions is in none. XGBoost takes its default for null, and 0 for no limit; scikit-learn takes null for no limit.
 *
 * A stronger penalty shrinks coefficients, and more of L1 leaves fewer of them: Zou and Hastie, Regularization and Variable Selection via
 * the Elastic Net, Journal of the Royal Statistical Society B 67 (2005). What limits boosted trees, in the order of scikit-learn's guide:
 * https://scikit-learn.org/stable/modules/ensemble.html, "Controlling the tree size".
 */
const COMPLEXITY: Readonly<Record<string, Readonly<Record<string, Measure>>>> = {
  logistic_regression: { C: { is: 'lower', default: 1 } },
  ridge: { alpha: { is: 'higher', default: 1 } },
  elastic_net: { alpha: { is: 'higher', default: 1 }, l1_ratio: { is: 'higher', default: 0.5 } },
  random_forest: {
    max_depth: { is: 'lower', unlimited: null },
    max_leaf_nodes: { is: 'lower', unlimited: null },
    min_samples_leaf: { is: 'higher', default: 1 },
    min_samples_split: { is: 'higher', default: 2 },
    n_estimators: { is: 'lower', default: 100 },
  },
  hist_gradient_boosting: {
    max_leaf_nodes: { is: 'lower', default: 31, unlimited: null },
    max_depth: { is: 'lower', unlimited: null },
    max_iter: { is: 'lower', default: 100 },
    min_samples_leaf: { is: 'higher', default: 20 },
    l2_regularization: { is: 'higher', default: 0 },
  },
  xgboost: {
    max_depth: { is: 'lower', default: 6, unlimited: 0 },
    max_leaves: { is: 'lower', default: 0, unlimited: 0 },
    n_estimators: { is: 'lower', default: 100 },
    min_child_weight: { is: 'higher', default: 1 },
    gamma: { is: 'higher', default: 0 },
    reg_alpha: { is: 'higher', default: 0 },
    reg_lambda: { is: 'higher', default: 1 },
  },
};

/**
 * The order of complexity of an algorithm, with what crossfold knows of its defaults: the pipeline's own before crossfold's; undefined
 * where there is neither.
 */
export function orderOf(algorithm: string, own: ComplexityOrder | undefined): ComplexityOrder | undefined {
  const known = knownOf(algorithm);
  if (own === undefined || known === undefined) return own ?? known;
  const filled = Object.entries(own).map(([name, each]) => {
    const ours = known[name];
    return [name, typeof each === 'string' && ours !== undefined ? { ...ours, is: each } : each] as const;
  });
  return Object.fromEntries(filled);
}

/**
 * The order of complexity that a run selects by: what its pipeline says (`algorithms.<name>.simpler`), which has the defaults of `orderOf`.
 * A run that was started without them goes on by crossfold's order alone, in which what is not given sets no limit: another choice in the
 * middle of it would give the scores of one setting to the model of another.
 *
 * @throws CrossfoldError PipelineInvalid, by name, for an algorithm that has none.
 */
export function complexityOf(algorithm: string, own: ComplexityOrder | undefined): ComplexityOrder {
  const order = own ?? directionsOf(knownOf(algorithm));
  if (order !== undefined) return order;
  throw new CrossfoldError(
    'PipelineInvalid',
    `${algorithm} has no order of complexity, so no setting of it is the simplest. Give it one, such as` +
      ` algorithms.${algorithm}.simpler: { max_depth: lower }, or use select: best.`,
  );
}

/**
 * Compares two settings of one algorithm: below 0 where `a` is simpler, above 0 where `b` is, 0 where the order does not tell.
 * A hyperparameter that is null or not given has its default, or sets no limit where the order knows of none: that is the least simple.
 *
 * @throws CrossfoldError PipelineInvalid where a value in the order is neither a number nor null.
 */
export function compareComplexity(a: Setting, b: Setting, order: ComplexityOrder): number {
  for (const [name, each] of Object.entries(order)) {
    const [one, other] = [costOf(a, name, each), costOf(b, name, each)];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function knownOf(algorithm: string): Readonly<Record<string, Measure>> | undefined {
  return Object.hasOwn(COMPLEXITY, algorithm) ? COMPLEXITY[algorithm] : undefined;
}

function directionsOf(order: Readonly<Record<string, Measure>> | undefined): ComplexityOrder | undefined {
  return order && Object.fromEntries(Object.entries(order).map(([name, { is }]) => [name, is]));
}

/** How far a hyperparameter lets a model grow; infinite without a limit. */
function costOf({ algorithm, hyperparameters }: Setting, name: string, order: ComplexityOrder[string]): number {
  const measured: Measure = typeof order === 'string' ? { is: order } : order;
  const given = hyperparameters[name];
  const isGiven = given !== undefined && (given !== null || measured.unlimited === null);
  const value = isGiven ? given : (measured.default ?? null);
  if (value === null || value === measured.unlimited) return Infinity;
  if (typeof value === 'number') return measured.is === 'lower' ? value : -value;
  throw new CrossfoldError(
    'PipelineInvalid',
    `${algorithm} is ordered by ${name}, which is ${JSON.stringify(value)} in a setting: only numbers have an order.` +
      ` Leave ${name} out of algorithms.${algorithm}.simpler.`,
  );
}
