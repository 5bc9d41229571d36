import { mean } from 'simple-statistics';
import type { FitResult, Goal } from './results.ts';
import type { Tried } from './sampling.ts';
import { isBetter, type Trial } from './scores.ts';
import type { Setting } from './setting.ts';

/** What a fold found when it tuned on its own. */
export interface FoldWinner {
  readonly fold: number;
  readonly setting: Setting;
  /** Its score on the very fold that chose it: better than it will score elsewhere. */
  readonly score: number;
}

/** What folds that tuned on their own found, and what became of it. */
export interface PerFold {
  readonly winners: readonly FoldWinner[];
  /** The mean of the winners' own scores. It flatters: each was chosen by the rows that score it. */
  readonly optimistic: number;
  /** The setting of the winner with the best score, cross-validated over all folds. */
  readonly best: Trial | undefined;
  /** Each winner's setting, cross-validated over all folds. */
  readonly each: readonly Trial[];
}

/**
 * What settings scored on the one fold that their fits are on.
 *
 * @throws RangeError where one has no score
 */
export function triedOn(
  fold: number,
  settings: readonly Setting[],
  fits: readonly FitResult[],
  objective: string,
): Tried[] {
  return settings.map((setting) => {
    const score = fits.find((fit) => fit.setting === setting.id && fit.fold === fold)?.metrics[objective];
    if (score === undefined) throw new RangeError(`${setting.id} has no ${objective} on fold ${fold}`);
    return { setting, scores: [score], mean: score };
  });
}

/**
 * The best of what was tried on one fold; of equals the first.
 *
 * @throws RangeError where nothing was
 */
export function winnerOf(fold: number, tried: readonly Tried[], goal: Goal): FoldWinner {
  const [first, ...others] = tried.map(({ setting, mean: score }) => ({ fold, setting, score }));
  if (first === undefined) throw new RangeError(`fold ${fold} has no setting to choose from`);
  return others.reduce((best, each) => (isBetter(each.score, best.score, goal) ? each : best), first);
}

/** The mean of the winners' own scores. */
export function optimisticMean(winners: readonly FoldWinner[]): number {
  return mean(winners.map(({ score }) => score));
}

/** The winner with the best score of its own; of equals that of the first fold. */
export function bestWinner(winners: readonly FoldWinner[], goal: Goal): FoldWinner {
  const [first, ...others] = winners;
  if (first === undefined) throw new RangeError('no fold has a winner');
  return others.reduce((best, each) => (isBetter(each.score, best.score, goal) ? each : best), first);
}

/** What a fold's winner is called where it is cross-validated over all folds. */
export function winnerId(fold: number): string {
  return `fold-${fold}-winner`;
}

/** A winner's setting over all folds; undefined where it was not cross-validated. */
export function overAllFolds({ fold }: FoldWinner, { best, each }: PerFold): Trial | undefined {
  return [...each, ...(best === undefined ? [] : [best])].find(({ setting }) => setting.id === winnerId(fold));
}
