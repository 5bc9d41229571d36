import { mean } from 'simple-statistics';
import { overAllFolds } from '../../per-fold.ts';
import { shortScore } from '../../run-details.ts';
import type { Trial } from '../../scores.ts';
import { shownValues } from '../../setting.ts';
import { facts, html, table } from '../html.ts';
import type { SectionOf } from '../report.ts';

/** What folds that tuned on their own found, and what their winners are worth over all folds. */
export const perFoldSection: SectionOf = ({ result: { perFold, objective } }) => {
  if (perFold === undefined) return undefined;
  const { winners, optimistic, best, each } = perFold;
  return {
    id: 'per-fold',
    title: 'Tuning per fold',
    parts: [
      facts([
        ["Mean of the winners' own scores (optimistic)", shortScore(optimistic)],
        ...(best === undefined ? [] : [['The best winner over all folds', meanAndSd(best)] as const]),
        ...(each.length === 0 ? [] : [['Each winner over all folds', meansOf(each)] as const]),
      ]),
      html`<p>
        Each fold chose the setting with the best ${objective.metric} on its own test rows. The first number flatters,
        because each winner was chosen by the very rows that score it; over all folds a winner is scored on other rows
        as well.
      </p> `,
      table(
        'The winner of each fold: its score on the rows that chose it, and its mean ± sd over all folds',
        ['fold', 'algorithm', 'own score', 'over all folds', 'hyperparameters'],
        winners.map((winner) => {
          const validated = overAllFolds(winner, perFold);
          return [
            ...[`fold ${winner.fold}`, winner.setting.algorithm, shortScore(winner.score)],
            validated === undefined ? '–' : meanAndSd(validated),
            html`<code>${shownValues(winner.setting)}</code>`,
          ];
        }),
      ),
    ],
  };
};

function meanAndSd(trial: Trial): string {
  return `${shortScore(trial.mean)} ± ${shortScore(trial.sd)}`;
}

function meansOf(trials: readonly Trial[]): string {
  const means = trials.map((trial) => trial.mean);
  return `${means.map(shortScore).join(', ')}; mean ${shortScore(mean(means))}`;
}
