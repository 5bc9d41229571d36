import { shortScore } from '../../run-details.ts';
import type { RunResult } from '../../run.ts';
import type { Trial } from '../../scores.ts';
import { WINNER } from '../../setting.ts';
import { meanInterval, testToTrain } from '../../statistics.ts';
import { trialRows, verdictOf, type TrialRow } from '../../trial-table.ts';
import { facts, html, table, type Html } from '../html.ts';
import type { Chart, SectionOf } from '../report.ts';
import { COLOURS, CONFIG } from '../theme.ts';

/** How the settings score on each fold, and which of them can be told apart. */
export const scoresSection: SectionOf = ({ result }) => {
  const { base, winner, objective, folds, confidence } = result;
  const trials = winner.setting.id === WINNER ? [...base, winner] : base;
  const rows = trialRows(trials, objective.goal, { ratio: testToTrain(folds), confidence });
  const percent = `${Number((confidence * 100).toPrecision(4))} %`;
  return {
    id: 'scores',
    title: 'Scores',
    parts: [
      scoresChart(trials, rows, objective.metric, percent),
      scoreTable(trials, rows, percent),
      html`<p class="note">
        The intervals allow for folds that share training rows (Nadeau and Bengio). A tie cannot be told apart from the
        best by the corrected t-test at this level, adjusted by Holm.
      </p> `,
      nestedFacts(result),
    ],
  };
};

function nameOf({ setting }: Pick<Trial, 'setting'>): string {
  return setting.id === WINNER ? `${setting.algorithm} (tuned)` : setting.algorithm;
}

function scoresChart(trials: readonly Trial[], rows: readonly TrialRow[], metric: string, percent: string): Chart {
  const scores = trials.flatMap((trial) => trial.scores.map((score) => ({ setting: nameOf(trial), score })));
  const means = rows.map((row) => ({ setting: nameOf(row), mean: row.mean, ...row.interval }));
  const y = {
    field: 'setting',
    type: 'nominal',
    scale: { domain: trials.map(nameOf) },
    axis: { title: null, grid: true },
  } as const;
  return {
    title: `${metric} of each setting on each fold`,
    description:
      `A dot is the score on one fold; the diamond is the mean, the line through it its ${percent} interval. ` +
      rows.map((row) => `${nameOf(row)}: ${shortScore(row.mean)}`).join(', ') +
      '.',
    spec: {
      width: 600,
      height: { step: 44 },
      config: CONFIG,
      layer: [
        {
          data: { values: means },
          mark: { type: 'rule', strokeWidth: 3, color: COLOURS.orange },
          encoding: {
            y,
            x: { field: 'low', type: 'quantitative', title: metric, scale: { zero: false } },
            x2: { field: 'high' },
          },
        },
        {
          data: { values: scores },
          mark: { type: 'point', filled: true, size: 55, color: COLOURS.blue, opacity: 0.75 },
          encoding: { y, x: { field: 'score', type: 'quantitative' } },
        },
        {
          data: { values: means },
          mark: { type: 'point', filled: true, shape: 'diamond', size: 150, color: COLOURS.orange, opacity: 1 },
          encoding: { y, x: { field: 'mean', type: 'quantitative' } },
        },
      ],
    },
  };
}

function scoreTable(trials: readonly Trial[], rows: readonly TrialRow[], percent: string): Html {
  const folds = trials[0]?.scores.map((_, fold) => `fold ${fold}`) ?? [];
  const head = ['setting', ...folds, 'mean', 'sd', `${percent} interval`, 'behind the best', 'p', 'verdict'];
  return table(
    'Scores by fold, and whether each setting can be told apart from the best',
    head,
    rows.map((row, index) => [
      ...[nameOf(row), ...(trials[index]?.scores ?? []).map(shortScore), shortScore(row.mean), shortScore(row.sd)],
      `${shortScore(row.interval.low)} – ${shortScore(row.interval.high)}`,
      ...[shortScore(row.behind), row.p?.toPrecision(2) ?? '–'],
      verdictOf(row),
    ]),
  );
}

/** The estimate of nested cross validation, which no choice has flattered. */
function nestedFacts({ nested, folds, confidence, winner }: RunResult): Html {
  if (nested === undefined) return html``;
  const scores = nested.folds.map(({ score }) => score);
  const { low, high } = meanInterval(scores, testToTrain(folds), confidence);
  return facts([
    ['Nested estimate', `${shortScore(nested.mean)} ± ${shortScore(nested.sd)}`],
    ['Its interval', `${shortScore(low)} – ${shortScore(high)}`],
    ["The winner's own mean, which chose it", shortScore(winner.mean)],
  ]);
}
