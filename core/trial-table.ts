import type { Goal } from './results.ts';
import { bestOf, type Trial } from './scores.ts';
import type { RunResult } from './run.ts';
import { finishersOf } from './selection.ts';
import { compare, holm, type Interval, meanInterval, standardError, testToTrain } from './statistics.ts';
import type { Setting } from './setting.ts';

/** One trial as a report lists it. */
export interface TrialRow {
  readonly setting: Setting;
  /** Folds that it was scored on: fewer than the best's where a race dropped it. */
  readonly folds: number;
  readonly mean: number;
  /** Standard deviation of the sample (n - 1). */
  readonly sd: number;
  /** s/√n. The interval is wider than it suggests: it allows for folds that share training rows. */
  readonly standardError: number;
  readonly interval: Interval;
  /** How much better the best's mean is than this one's, over the folds that both have, whether more or less is better; 0 for the best. */
  readonly behind: number;
  /** Of the corrected resampled t-test against the best, adjusted by Holm for the number of trials; undefined for the best. */
  readonly p: number | undefined;
  /** Whether the trial cannot be told apart from the best: p is not below 1 - confidence. True for the best. */
  readonly tie: boolean;
}

export interface TableOptions {
  /** n_test/n_train of the split, see `testToTrain`. */
  readonly ratio: number;
  /** Of the intervals, and 1 - the level of the comparisons. */
  readonly confidence: number;
}

/**
 * The rows of a table of trials, in their order. The best is the finisher with the best mean; each other trial is compared with it over the
 * folds that both have.
 *
 * @throws RangeError for no trial, or a trial with fewer than 2 folds.
 */
export function trialRows(trials: readonly Trial[], goal: Goal, { ratio, confidence }: TableOptions): TrialRow[] {
  const best = bestOf(finishersOf(trials), goal);
  const comparisons = trials.map(({ scores }) =>
    compare(best.scores.slice(0, scores.length), scores, ratio, confidence),
  );
  const others = comparisons.filter((_, index) => trials[index] !== best);
  const adjusted = holm(others.map(({ p }) => p));
  const pOf = new Map(others.map((comparison, index) => [comparison, adjusted[index]]));
  return trials.map((trial, index) => {
    const comparison = comparisons[index];
    const p = comparison === undefined ? undefined : pOf.get(comparison);
    return {
      setting: trial.setting,
      folds: trial.scores.length,
      mean: trial.mean,
      sd: trial.sd,
      standardError: standardError(trial.scores),
      interval: meanInterval(trial.scores, ratio, confidence),
      behind: behindBy(comparison?.difference ?? 0, goal),
      p,
      tie: p === undefined || p >= 1 - confidence,
    };
  });
}

/** @param difference the best's mean less another's */
function behindBy(difference: number, goal: Goal): number {
  return goal === 'maximize' ? difference : 0 - difference;
}

/** What the comparison with the best says. */
export function verdictOf({ p, tie }: Pick<TrialRow, 'p' | 'tie'>): string {
  if (p === undefined) return 'the best';
  return tie ? 'a tie' : 'worse';
}

/** The trials of a run whose scores compare: base settings and tuned ones. Scores on a sample stand beside no others. */
export function comparedTrials({ base, tuned, sample }: Pick<RunResult, 'base' | 'tuned' | 'sample'>): Trial[] {
  return sample === null ? [...base, ...tuned] : [...tuned];
}

/** The best by mean of those compared, where a simpler setting was selected in its place. */
export function passedOver(
  result: Pick<RunResult, 'base' | 'tuned' | 'sample' | 'winner' | 'objective'>,
): Trial | undefined {
  const { sample, winner, objective } = result;
  if (sample !== null) return undefined;
  const best = bestOf(finishersOf(comparedTrials(result)), objective.goal);
  return bestOf([winner, best], objective.goal) === best ? best : undefined;
}

/** The rows of those compared that were scored on all folds, in their order; p is adjusted for all that are compared. */
export function finisherRows(result: RunResult): TrialRow[] {
  const { objective, folds, confidence } = result;
  const trials = comparedTrials(result);
  const finishers = new Set(finishersOf(trials).map(({ setting }) => setting));
  const rows = trialRows(trials, objective.goal, { ratio: testToTrain(folds), confidence });
  return rows.filter(({ setting }) => finishers.has(setting));
}
