import { shortScore } from '../run-details.ts';
import type { RunResult } from '../run.ts';
import { ranked } from '../scores.ts';
import { shownValues } from '../setting.ts';
import { comparedTrials, finisherRows, verdictOf } from '../trial-table.ts';
import { folded, html, table, type Html } from './html.ts';

/** Rows of the table: the best. */
const ROWS = 20;

/** Whether the settings that were scored on all folds can be told apart from the best: base settings and trials, where their scores compare. */
export function comparisonParts(result: RunResult): Html[] {
  const { sample, objective, confidence } = result;
  const finished = ranked(finisherRows(result), objective.goal);
  const ties = finished.filter(({ tie }) => tie).length;
  const percent = `${Number((confidence * 100).toPrecision(4))} %`;
  const shown = finished.slice(0, ROWS);
  return [
    html`<p>
      ${ties} of the ${finished.length} settings that were scored on all
      folds${sample === null ? ', base settings among them,' : ''} cannot be told apart from the best.
    </p> `,
    folded(
      `The best ${shown.length} settings as a table`,
      table(
        'Settings that were scored on all folds, the best first',
        [
          ...['setting', 'algorithm', 'mean', 'sd', `${percent} interval`, 'behind the best', 'p', 'verdict'],
          'hyperparameters',
        ],
        shown.map((row) => [
          ...[row.setting.id, row.setting.algorithm, shortScore(row.mean), shortScore(row.sd)],
          `${shortScore(row.interval.low)} – ${shortScore(row.interval.high)}`,
          ...[shortScore(row.behind), row.p?.toPrecision(2) ?? '–', verdictOf(row)],
          html`<code>${shownValues(row.setting)}</code>`,
        ]),
      ),
    ),
    html`<p class="note">
      Intervals and p as above (Nadeau and Bengio), p adjusted by Holm for all ${comparedTrials(result).length}
      settings. The best was chosen by these scores, so its mean and interval flatter it.
    </p> `,
  ];
}
