import { shortScore } from '../../run-details.ts';
import type { Bias } from '../curves.ts';
import { folded, html, table, type Html } from '../html.ts';
import type { Chart, SectionOf } from '../report.ts';
import { COLOURS, CONFIG, namesAxis } from '../theme.ts';

/** Below this share of the highest rate a group's is a sign of adverse impact. */
const FOUR_FIFTHS = 0.8;

type Rates = Bias['columns'][number]['classes'][number]['groups'];

/** How the model treats the groups of the columns that the pipeline calls sensitive. */
export const biasSection: SectionOf = ({ bias, result }) => {
  if (bias === undefined || bias.columns.length === 0) return undefined;
  const parts = bias.columns.flatMap(({ column, classes, errors }) => [
    ...classes.flatMap(({ class: number, groups }) =>
      ofClass(column, result.classes[number] ?? String(number), groups),
    ),
    ...(errors.length === 0 ? [] : [errorTable(column, errors)]),
  ]);
  const note = html`<p class="note">
    On the holdout. Groups may differ in truth as well: the numbers say what is, not why, and few rows tell little.
  </p> `;
  return { id: 'bias', title: 'Groups', parts: [...parts, note] };
};

function ofClass(column: string, name: string, groups: Rates): (Chart | Html)[] {
  const values = groups.map(({ group, said, low, high }) => ({ group, said, low: low ?? said, high: high ?? said }));
  const y = namesAxis(
    'group',
    values.map(({ group }) => group),
  );
  const title = `share predicted as ${name}`;
  return [
    {
      title: `Predicted as ${name}, by ${column}`,
      description: `With 95 % intervals. ${verdict(groups)}`,
      spec: {
        width: 520,
        height: { step: 26 },
        config: CONFIG,
        data: { values },
        layer: [
          {
            mark: { type: 'rule', color: 'currentColor', strokeWidth: 1.5 },
            encoding: {
              y,
              x: { field: 'low', type: 'quantitative', title, scale: { domain: [0, 1] } },
              x2: { field: 'high' },
            },
          },
          {
            mark: { type: 'point', filled: true, size: 80, color: COLOURS.blue, opacity: 1 },
            encoding: { y, x: { field: 'said', type: 'quantitative', title } },
          },
        ],
      },
    },
    folded(
      'As a table',
      table(
        `${name}, by ${column}`,
        ['group', 'rows', 'predicted', 'true', 'true positive rate', 'false positive rate'],
        groups.map((each) => [
          ...[each.group, each.rows],
          ...[each.said, each.true, each.true_positive, each.false_positive].map(shown),
        ]),
      ),
    ),
  ];
}

/**
 * The lowest rate against the highest: the four-fifths rule.
 *
 * @see https://www.ecfr.gov/current/title-29/section-1607.4 (D)
 */
function verdict(groups: Rates): string {
  const rates = groups.flatMap(({ said }) => said ?? []);
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  if (rates.length < 2 || highest === 0) return 'There is nothing to compare.';
  const ratio = lowest / highest;
  return `The lowest share is ${shortScore(ratio)} of the highest${
    ratio < FOUR_FIFTHS ? `, below the four fifths that are taken for a sign of adverse impact` : ''
  }.`;
}

function errorTable(column: string, errors: Bias['columns'][number]['errors']): Html {
  return table(
    `Errors, by ${column}`,
    ['group', 'rows', 'predicted less true, mean', 'size of that, mean'],
    errors.map(({ group, rows, mean, size }) => [group, rows, shown(mean), shown(size)]),
  );
}

function shown(share: number | null): string {
  return share === null ? '–' : shortScore(share);
}
