import { FIRST_ROUND } from './racing.ts';
import type { Trial } from './scores.ts';

/** A round of a race after which settings were dropped. */
export interface RaceRound {
  /** The first is over as many folds as no setting leaves before; each other one is one more fold. */
  readonly round: number;
  /** Folds that its settings had been scored on by its end. */
  readonly folds: number;
  /** Settings that were still in the race. */
  readonly raced: number;
  readonly dropped: readonly Trial[];
  /** Fits that the dropped settings would have needed on the folds that came after. */
  readonly saved: number;
}

/**
 * When a race dropped which settings, the first round first: a setting that was dropped has a score on each fold up to there. Where a
 * search came in waves, each wave raced on its own: a round is then that of all waves.
 *
 * @param folds of the search, which a setting has that was never dropped
 */
export function droppingRounds(tuned: readonly Trial[], folds: number): RaceRound[] {
  const ends = [...new Set(tuned.map(({ scores }) => scores.length))].filter((end) => end < folds);
  return ends
    .sort((a, b) => a - b)
    .map((end) => {
      const dropped = tuned.filter(({ scores }) => scores.length === end);
      return {
        round: end - FIRST_ROUND + 1,
        folds: end,
        raced: tuned.filter(({ scores }) => scores.length >= end).length,
        dropped,
        saved: dropped.length * (folds - end),
      };
    });
}

/** The round as people read it. */
export function roundText({ round, folds, raced, dropped, saved }: RaceRound): string {
  return `after round ${round} (${folds} folds) it dropped ${dropped.length} of ${raced} settings; fits saved: ${saved}`;
}
