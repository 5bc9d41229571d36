import { shortScore } from '../../run-details.ts';
import { folded, html, table } from '../html.ts';
import type { SectionOf } from '../report.ts';
import { COLOURS, CONFIG, namesAxis } from '../theme.ts';

/** Bars of the chart. */
const BARS = 20;

/** How much the holdout's score owes to each column. */
export const importanceSection: SectionOf = ({ importance, result }) => {
  if (importance === undefined) return undefined;
  const { left_out: leftOut, features } = importance;
  const { metric } = result.objective;
  const title = 'Importance of columns';
  if (leftOut !== null) return { id: 'importance', title, parts: [html`<p>Left out: ${leftOut}.</p> `] };
  const bars = features
    .slice(0, BARS)
    .map(({ feature, mean, sd }) => ({ feature, mean, low: mean - sd, high: mean + sd }));
  const y = namesAxis(
    'feature',
    bars.map(({ feature }) => feature),
  );
  const most = bars.slice(0, 3).map(({ feature, mean }) => `${feature} ${shortScore(mean)}`);
  return {
    id: 'importance',
    title,
    parts: [
      {
        title: 'Permutation importance on the holdout',
        description:
          `By how much ${metric} gets worse when one column is shuffled, mean and sd of 5 shuffles. ` +
          `Columns that tell the same share it. The first: ${most.join(', ')}.`,
        spec: {
          width: 520,
          height: { step: 24 },
          config: CONFIG,
          layer: [
            {
              data: { values: bars },
              mark: { type: 'bar', color: COLOURS.blue, height: 14 },
              encoding: { y, x: { field: 'mean', type: 'quantitative', title: `${metric} lost` } },
            },
            {
              data: { values: bars },
              mark: { type: 'rule', color: 'currentColor', strokeWidth: 1.5 },
              encoding: { y, x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } },
            },
          ],
        },
      },
      folded(
        'As a table',
        table(
          `${metric} lost when a column is shuffled`,
          ['column', 'mean', 'sd'],
          features.map(({ feature, mean, sd }) => [feature, shortScore(mean), shortScore(sd)]),
        ),
      ),
    ],
  };
};
