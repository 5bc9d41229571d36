import { z } from 'zod';
import { compareComplexity, type ComplexityOrder } from './complexity.ts';
import type { Goal } from './results.ts';
import { bestOf, type Trial } from './scores.ts';
import { standardError } from './statistics.ts';

const WITHIN = 'simplest-within-';

/** `best`, `one-standard-error`, or `simplest-within-<x>`, x in the objective's own unit. */
export const select = z
  .string()
  .regex(
    /^(best|one-standard-error|simplest-within-(0|[1-9]\d*)(\.\d+)?)$/,
    'best, one-standard-error, or simplest-within-<x> such as simplest-within-0.01',
  );

/**
 * The trials that were scored on all folds: those with the most scores. A race leaves the others with fewer, and a mean over other folds
 * does not compare.
 */
export function finishersOf(trials: readonly Trial[]): Trial[] {
  const folds = Math.max(...trials.map(({ scores }) => scores.length));
  return trials.filter(({ scores }) => scores.length === folds);
}

/**
 * The trial that a rule selects among the finishers.
 *
 * - `best`: the best mean, of equals the first.
 * - `one-standard-error`: the simplest setting whose mean is within one standard error of the best's (Breiman, Friedman, Olshen and Stone,
 *   Classification and Regression Trees, 1984, section 3.4.3).
 * - `simplest-within-<x>`: the simplest setting whose mean is within x of the best's.
 *
 * Algorithms have no order among them: only settings of the best one's algorithm are candidates. Of equally simple ones the best stands.
 *
 * @param rule as `select` allows it
 * @param orderOf the order of complexity of an algorithm; asked only where the rule needs one
 * @throws RangeError when there is no trial, or for another rule.
 */
export function selectTrial(
  trials: readonly Trial[],
  goal: Goal,
  rule: string,
  orderOf: (algorithm: string) => ComplexityOrder,
): Trial {
  const finishers = finishersOf(trials);
  const best = bestOf(finishers, goal);
  if (rule === 'best') return best;
  const order = orderOf(best.setting.algorithm);
  const margin = marginOf(rule, best);
  return finishers
    .filter(({ setting, mean }) => setting.algorithm === best.setting.algorithm && gap(best.mean, mean, goal) <= margin)
    .reduce((chosen, trial) => {
      const compared = compareComplexity(trial.setting, chosen.setting, order);
      return compared < 0 || (compared === 0 && gap(trial.mean, chosen.mean, goal) > 0) ? trial : chosen;
    }, best);
}

/** By how much `better` is better than `worse`. */
function gap(better: number, worse: number, goal: Goal): number {
  return goal === 'maximize' ? better - worse : worse - better;
}

function marginOf(rule: string, best: Trial): number {
  if (rule === 'one-standard-error') return standardError(best.scores);
  const margin = rule.startsWith(WITHIN) ? Number(rule.slice(WITHIN.length)) : Number.NaN;
  if (Number.isNaN(margin)) throw new RangeError(`no selection rule is called ${rule}`);
  return margin;
}
