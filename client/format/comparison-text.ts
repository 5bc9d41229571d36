import type { MethodRow } from '../../core/comparison.ts';
import { shortScore } from '../../core/run-details.ts';
import { elapsed } from '../live-lines.ts';
import { shownValue } from '../../core/setting.ts';

/** What `crossfold compare` found. */
export interface MethodComparison {
  readonly pipeline: string;
  readonly metric: string;
  readonly confidence: number;
  readonly instance: string;
  /** USD per instance-hour; undefined where it is not known. */
  readonly price: number | undefined;
  /** Jobs at once, for the estimates. */
  readonly slots: number;
  readonly methods: readonly MethodRow[];
  readonly recommendation: string;
}

/** A comparison as Markdown: one table with a column for each method, the recommendation, and what the table needs to be read. */
export function comparisonText(comparison: MethodComparison): string {
  const { pipeline, instance, price, slots, methods, recommendation } = comparison;
  const rated =
    price === undefined
      ? `No price of ${instance} is known: give jobs.price, in USD per instance-hour, in the pipeline file.`
      : `Cost: USD ${price} per hour of ${instance}, from a job's start on its machine to its end; start-up is not billed.`;
  return [
    `# ${pipeline}: methods`,
    table(['', ...methods.map(({ method }) => method)], rowsOf(comparison)),
    recommendation,
    `Estimates: the same jobs on ${slots} slots, without what passes between jobs. ${rated}`,
    `Runs: ${methods.map(({ run }) => run).join(', ')}.`,
  ].join('\n\n');
}

function rowsOf({ metric, confidence, methods }: MethodComparison): string[][] {
  const [first] = methods;
  const row = (name: string, cell: (row: MethodRow) => string): string[] => [name, ...methods.map(cell)];
  return [
    row('winner', ({ winner: { setting } }) => settingText(setting)),
    row(
      `${metric}, mean ± ${Number((100 * confidence).toPrecision(4))} % interval`,
      ({ winner }) => `${shortScore(winner.mean)} ± ${shortScore(winner.margin)}`,
    ),
    row('fits', ({ fits }) => String(fits)),
    row(`scores against ${first?.method ?? ''}`, (each) => (each === first ? '–' : scoresText(each))),
    row('wall time', ({ wall }) => elapsed(1000 * wall)),
    row('jobs', ({ jobs }) => String(jobs)),
    row('instance-seconds', ({ instanceSeconds }) => instanceSeconds.toFixed(1)),
    row('seconds in start-up', ({ startupSeconds }) => startupSeconds.toFixed(1)),
    row('added to S3', ({ bytes }) => bytesText(bytes)),
    row('cost', ({ cost }) => costText(cost)),
    ...(first?.estimates ?? []).map(({ startup }, index) =>
      row(`estimate: start-up ${startup === 'measured' ? 'as measured' : `${startup} s a job`}`, ({ estimates }) => {
        const estimate = estimates[index];
        return estimate === undefined ? '' : `${elapsed(1000 * estimate.wall)}, ${costText(estimate.cost)}`;
      }),
    ),
  ];
}

function settingText({ algorithm, hyperparameters }: MethodRow['winner']['setting']): string {
  const values = Object.entries(hyperparameters).map(([name, value]) => `${name}=${shownValue(value)}`);
  return [algorithm, ...values].join(' ');
}

function scoresText({ scores: { compared, largest, equal } }: MethodRow): string {
  return `${equal ? 'equal' : 'different'}: by ${largest === 0 ? '0' : largest.toExponential(1)} at most over ${compared} fits`;
}

const KB = 1000;

function bytesText(bytes: number): string {
  if (bytes < KB * KB) return `${(bytes / KB).toFixed(1)} kB`;
  return bytes < KB ** 3 ? `${(bytes / KB ** 2).toFixed(1)} MB` : `${(bytes / KB ** 3).toFixed(2)} GB`;
}

function costText(cost: number | undefined): string {
  return cost === undefined ? 'no price' : `USD ${cost.toPrecision(3)}`;
}

/** A table whose columns also line up where nobody renders it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [top = [], ...others] = lines;
  return [line(top), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}
