import type { Goal } from './results.ts';
import { type FoldScores, moreIsBetter } from './racing/fold-scores.ts';
import { friedmanSurvivors } from './racing/friedman.ts';
import { halvingSurvivors } from './racing/halving.ts';
import { wilcoxonSurvivors } from './racing/wilcoxon.ts';

/** The rules of a race, as the pipeline file names them. What each saves and risks is measured in docs/methods.md. */
export const RACE_RULES = ['friedman', 'halving', 'wilcoxon', 'off'] as const;
export type RaceRule = (typeof RACE_RULES)[number];

export interface RaceOptions {
  /** Test rows of the smallest fold: ranks on few rows are noise. */
  readonly testRows: number;
}

/**
 * One step of a race, taken after each round; a round is one more fold for every setting that is still in the race.
 *
 * @param scores of the settings that are still in the race, on the folds so far
 * @returns the indices of those that stay, ascending: at least one where there is one, and never without the best by the rule's own measure
 * @throws RangeError where settings have different folds
 */
export type Race = (scores: FoldScores, goal: Goal, options: RaceOptions) => number[];

/** Without F-Race's gate and at a stricter level, the race saves more and errs less: measured in docs/methods.md. */
const FRIEDMAN = { gate: 1, level: 0.025 } as const;
/** Optuna's. */
const WILCOXON_LEVEL = 0.1;
/** No rule drops a setting before it has been scored on so many folds. */
export const FIRST_ROUND = 2;
/** On smaller folds a race by Friedman's test begins one fold later. */
export const FEW_TEST_ROWS = 100;

/**
 * A race by one of the rules. All are functions of the scores alone: the same scores give the same survivors. NaN counts as the worst score.
 * The winner of a race is the setting with the best mean over all folds among those that stayed.
 */
export function raceBy(rule: RaceRule): Race {
  return (scores, goal, options) => {
    const oriented = moreIsBetter(scores, goal);
    const folds = scores[0]?.length ?? 0;
    const begun = folds >= FIRST_ROUND + Number(rule === 'friedman' && options.testRows < FEW_TEST_ROWS);
    return begun ? survivors(rule, oriented) : scores.map((_, index) => index);
  };
}

function survivors(rule: RaceRule, scores: FoldScores): number[] {
  switch (rule) {
    case 'friedman':
      return friedmanSurvivors(scores, FRIEDMAN);
    case 'halving':
      return halvingSurvivors(scores);
    case 'wilcoxon':
      return wilcoxonSurvivors(scores, WILCOXON_LEVEL);
    case 'off':
      return scores.map((_, index) => index);
  }
}
