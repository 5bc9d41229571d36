import { droppingRounds } from '../race-rounds.ts';
import { FIRST_ROUND } from '../racing.ts';
import { shortScore } from '../run-details.ts';
import type { RunInput, RunResult } from '../run.ts';
import { wavesOf } from '../sampling.ts';
import { shownValues } from '../setting.ts';
import { folded, html, table, type Html } from './html.ts';

/** Rows of the table of dropped settings: the result has them all. */
const ROWS = 200;

/** Which settings the race dropped, and when. */
export function raceParts({ pipeline: { tuning } }: RunInput, { race, tuned, folds }: RunResult): Html[] {
  if (race.rule === 'off') return [];
  const rounds = droppingRounds(tuned, folds.length);
  if (rounds.length === 0) return [html`<p>The race dropped no setting.</p> `];
  const inWaves = tuning !== undefined && wavesOf(tuning).length > 1;
  const waves = inWaves ? ' Each wave of settings races on its own; a round is that of all waves.' : '';
  const dropped = rounds.flatMap((round) => round.dropped.map((trial) => ({ trial, round })));
  const shown = dropped.slice(0, ROWS);
  const which =
    dropped.length > ROWS ? `The first ${ROWS} of ${dropped.length} dropped settings` : 'The dropped settings';
  return [
    table(
      `What the race dropped when. The first round is ${FIRST_ROUND} folds, each other one is one more.${waves}`,
      ['after round', 'folds', 'settings in the race', 'dropped', 'fits saved'],
      rounds.map((each) => [each.round, each.folds, each.raced, each.dropped.length, each.saved]),
    ),
    folded(
      `${which} as a table`,
      table(
        'Dropped settings in the order in which they went. A mean is over the folds up to there, and stands beside no other.',
        ['trial', 'algorithm', 'after round', 'folds', 'mean', 'hyperparameters'],
        shown.map(({ trial: { setting, mean }, round: { round, folds: end } }) => [
          ...[setting.id, setting.algorithm, round, end, shortScore(mean)],
          html`<code>${shownValues(setting)}</code>`,
        ]),
      ),
    ),
  ];
}
