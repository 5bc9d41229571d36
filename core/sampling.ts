import { withScaling, type ExplicitRange, type Ranges } from './ranges.ts';
import type { Goal } from './results.ts';
import type { Trial } from './scores.ts';
import { SUGGESTERS, type SearchPlan, type Suggester } from './search.ts';
import type { Hyperparameters, Setting } from './setting.ts';

/** Settings that the bayesian sampler draws at random before it learns from scores: Optuna's own number. */
export const STARTUP = 10;

/** Settings of an algorithm that the bayesian sampler suggests at a time, unless the pipeline says otherwise. */
export const PARALLEL = 5;

/** The sampler that a job has to be asked for; undefined where settings are given by hand, or drawn here. */
export function suggesterOf({ sampler, settings }: SearchPlan['tuning']): Suggester | undefined {
  return settings === undefined ? SUGGESTERS.find((each) => each === sampler) : undefined;
}

/**
 * How many settings of each algorithm are tried at a time: all, but where a sampler learns from the scores of one wave
 * before it suggests the next.
 */
export function wavesOf({ sampler, settings, trials, parallel = PARALLEL }: SearchPlan['tuning']): number[] {
  if (settings !== undefined || sampler !== 'bayesian') return [trials];
  return Array.from({ length: Math.ceil(trials / parallel) }, (_, index) =>
    Math.min(parallel, trials - index * parallel),
  );
}

/** A setting with what it scored: over all folds, or over those of the fold that tunes on its own. */
export type Tried = Pick<Trial, 'setting' | 'scores' | 'mean'>;

/** What a suggest job is asked. */
export interface Question {
  readonly sampler: Suggester;
  readonly seed: number;
  /** Settings that are wanted of each algorithm. */
  readonly count: number;
  readonly startup: number;
  readonly goal: Goal;
  readonly spaces: readonly Space[];
}

/** What of an algorithm is searched, with its trials so far. */
interface Space {
  readonly algorithm: string;
  readonly hyperparameters: Hyperparameters;
  readonly ranges: Readonly<Record<string, ExplicitRange>>;
  readonly trials: readonly {
    readonly hyperparameters: Hyperparameters;
    readonly mean: number;
    readonly folds: number;
    /** Whether it was scored on all folds: a mean over fewer does not compare. */
    readonly finished: boolean;
  }[];
}

/**
 * Asks for settings of each of the algorithms to tune.
 *
 * @param bases the base settings of these algorithms
 * @param tried their trials so far, the names of which do not matter
 * @param folds how many folds a trial has that did not leave the race
 */
export function questionOf(
  sampler: Suggester,
  { algorithms }: Pick<SearchPlan, 'algorithms'>,
  bases: readonly Setting[],
  asked: { readonly seed: number; readonly count: number; readonly goal: Goal; readonly folds: number },
  tried: readonly Tried[],
): Question {
  const { seed, count, goal, folds } = asked;
  const spaces = bases.map(({ algorithm, hyperparameters }) => ({
    algorithm,
    hyperparameters,
    ranges: explicit(algorithms[algorithm]?.ranges ?? {}),
    trials: tried
      .filter(({ setting }) => setting.algorithm === algorithm)
      .map(({ setting, mean, scores }) => ({
        hyperparameters: setting.hyperparameters,
        mean,
        folds: scores.length,
        finished: scores.length === folds,
      })),
  }));
  return { sampler, seed, count, startup: STARTUP, goal, spaces };
}

function explicit(ranges: Ranges): Space['ranges'] {
  return Object.fromEntries(Object.entries(ranges).map(([name, value]) => [name, withScaling(value)]));
}
