import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { FitResult, Goal, SplitResult } from './results.ts';
import type { Setting } from './setting.ts';

/** One setting scored over all folds: the scores of its fits, by fold, and their mean and spread. */
export interface Trial {
  readonly setting: Setting;
  /** The objective's value of each fold, fold 0 first. */
  readonly scores: readonly number[];
  readonly mean: number;
  /** Standard deviation of the sample (n - 1). */
  readonly sd: number;
  /** Each metric's mean over the folds. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Gathers the fits of each setting into a trial, in the order of `settings`.
 *
 * @throws RangeError when a setting lacks a fold or has one twice: a mean over other folds would not compare.
 */
export function trialsOf(
  settings: readonly Setting[],
  fits: readonly FitResult[],
  folds: number,
  objective: string,
): Trial[] {
  return settings.map((setting) => {
    const own = fits.filter((fit) => fit.setting === setting.id).sort((a, b) => a.fold - b.fold);
    if (own.length !== folds || own.some((fit, index) => fit.fold !== index)) {
      const found = own.map((fit) => fit.fold).join(', ');
      throw new RangeError(`${setting.id}: expected one fit on each of ${folds} folds, got folds ${found || 'none'}`);
    }
    const scores = own.map((fit) => valueOf(fit, objective));
    const names = Object.keys(own[0]?.metrics ?? {});
    return {
      setting,
      scores,
      mean: mean(scores),
      sd: sampleStandardDeviation(scores),
      metrics: Object.fromEntries(names.map((name) => [name, mean(own.map((fit) => valueOf(fit, name)))])),
    };
  });
}

/**
 * Gathers the fits of each setting into a trial over the folds that it was scored on: a race leaves some with fewer.
 *
 * @throws RangeError where a setting has no fit, or lacks a fold before its last
 */
export function racedTrials(settings: readonly Setting[], fits: readonly FitResult[], objective: string): Trial[] {
  return settings.flatMap((setting) => {
    const own = fits.filter((fit) => fit.setting === setting.id);
    return trialsOf([setting], own, Math.max(1, own.length), objective);
  });
}

/** How long the fits of some algorithms take against those of all: 1 where they are alike. */
export function relativeTime(algorithms: readonly string[], fits: readonly FitResult[]): number {
  const secondsOf = (some: readonly FitResult[]): number =>
    mean(some.map(({ fit_seconds, score_seconds }) => fit_seconds + score_seconds));
  const own = fits.filter((fit) => algorithms.includes(fit.algorithm));
  const all = fits.length === 0 ? 0 : secondsOf(fits);
  return own.length === 0 || all === 0 ? 1 : secondsOf(own) / all;
}

function valueOf(fit: FitResult, metric: string): number {
  const value = fit.metrics[metric];
  if (value === undefined) throw new RangeError(`${fit.setting} has no ${metric} on fold ${fit.fold}`);
  return value;
}

/** The trials by their means, the best first; equals stay in their order. */
export function ranked<T extends Pick<Trial, 'mean'>>(trials: readonly T[], goal: Goal): T[] {
  return [...trials].sort((a, b) => (goal === 'maximize' ? b.mean - a.mean : a.mean - b.mean));
}

/** Whether more or less of a metric is better, as the split found it. */
export function goalOf({ goals }: Pick<SplitResult, 'goals'>, metric: string): Goal {
  return goals[metric] ?? 'maximize';
}

/** Whether mean `a` is better than mean `b`. */
export function isBetter(a: number, b: number, goal: Goal): boolean {
  return goal === 'maximize' ? a > b : a < b;
}

/**
 * The trial with the best mean; of equals the first, as scikit-learn ranks.
 *
 * @throws RangeError when there is none.
 */
export function bestOf(trials: readonly Trial[], goal: Goal): Trial {
  const [first, ...rest] = trials;
  if (first === undefined) throw new RangeError('no trial to choose from');
  return rest.reduce((best, trial) => (isBetter(trial.mean, best.mean, goal) ? trial : best), first);
}
