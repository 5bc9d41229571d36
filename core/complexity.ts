import { z } from 'zod';
import { CrossfoldError } from './errors.ts';
import type { Setting } from './setting.ts';

/** Which way a hyperparameter makes a model simpler. */
export const simpler = z
  .record(z.string(), z.enum(['lower', 'higher']))
  .refine((order) => Object.keys(order).length > 0, {
    message: 'found no hyperparameter; allowed: at least one, such as max_depth: lower',
  });

/** What makes a model simpler, the most telling hyperparameter first: the first one that differs decides. */
export type ComplexityOrder = z.infer<typeof simpler>;

/** The orders of the algorithms that come with crossfold. A hyperparameter that changes the fit in both directions is in none. */
const COMPLEXITY: Readonly<Record<string, ComplexityOrder>> = {
  logistic_regression: { C: 'lower' },
  random_forest: {
    max_depth: 'lower',
    max_leaf_nodes: 'lower',
    min_samples_leaf: 'higher',
    min_samples_split: 'higher',
    n_estimators: 'lower',
  },
  xgboost: {
    max_depth: 'lower',
    max_leaves: 'lower',
    n_estimators: 'lower',
    min_child_weight: 'higher',
    gamma: 'higher',
    reg_alpha: 'higher',
    reg_lambda: 'higher',
  },
};

/** The order of complexity of an algorithm, the pipeline's own before crossfold's; undefined where there is neither. */
export function orderOf(algorithm: string, own: ComplexityOrder | undefined): ComplexityOrder | undefined {
  return own ?? (Object.hasOwn(COMPLEXITY, algorithm) ? COMPLEXITY[algorithm] : undefined);
}

/**
 * The order of complexity of an algorithm that has to have one: the pipeline's own (`algorithms.<name>.simpler`) before crossfold's.
 *
 * @throws CrossfoldError PipelineInvalid, by name, for an algorithm that has none.
 */
export function complexityOf(algorithm: string, own: ComplexityOrder | undefined): ComplexityOrder {
  const order = orderOf(algorithm, own);
  if (order !== undefined) return order;
  throw new CrossfoldError(
    'PipelineInvalid',
    `${algorithm} has no order of complexity, so no setting of it is the simplest. Give it one, such as` +
      ` algorithms.${algorithm}.simpler: { max_depth: lower }, or use select: best.`,
  );
}

/**
 * Compares two settings of one algorithm: below 0 where `a` is simpler, above 0 where `b` is, 0 where the order does not tell.
 * A hyperparameter that is null or not given sets no limit: it is the least simple.
 *
 * @throws CrossfoldError PipelineInvalid where a value in the order is neither a number nor null.
 */
export function compareComplexity(a: Setting, b: Setting, order: ComplexityOrder): number {
  for (const [name, direction] of Object.entries(order)) {
    const [one, other] = [costOf(a, name, direction), costOf(b, name, direction)];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function costOf({ algorithm, hyperparameters }: Setting, name: string, direction: 'lower' | 'higher'): number {
  const value = hyperparameters[name] ?? null;
  if (value === null) return Infinity;
  if (typeof value === 'number') return direction === 'lower' ? value : -value;
  throw new CrossfoldError(
    'PipelineInvalid',
    `${algorithm} is ordered by ${name}, which is ${JSON.stringify(value)} in a setting: only numbers have an order.` +
      ` Leave ${name} out of algorithms.${algorithm}.simpler.`,
  );
}
