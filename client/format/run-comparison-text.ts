import type { RunComparison, RunFigures } from '../../core/run-comparison.ts';
import { shortScore } from '../../core/run-details.ts';
import { elapsed } from '../live-lines.ts';
import { tableText } from './table.ts';
import { shownValue } from '../../core/setting.ts';

/** Two runs side by side, and what the difference of their winners says. */
export function runComparisonText({ runs, difference }: RunComparison, width: number): string {
  const [first, second] = runs;
  const rows: string[][] = [];
  const row = (name: string, cell: (figures: RunFigures) => string): unknown => rows.push([name, ...runs.map(cell)]);
  row('winner', ({ winner }) => winner.algorithm);
  for (const name of namesOf(runs.map(({ winner }) => winner.hyperparameters)))
    row(`  ${name}`, ({ winner }) => textOf(winner.hyperparameters[name]));
  row(
    'mean',
    ({ metric, mean, interval: { low, high } }) =>
      `${metric} ${shortScore(mean)} (${shortScore(low)} – ${shortScore(high)})`,
  );
  for (const name of namesOf(runs.map(({ holdout }) => holdout)))
    row(`holdout ${name}`, ({ holdout }) => (holdout[name] === undefined ? '' : shortScore(holdout[name])));
  row('rows, folds', ({ rows, folds }) => `${rows}, ${folds}`);
  row('jobs of its own', ({ jobs }) => String(jobs));
  row('on instances', ({ seconds }) => elapsed(1000 * seconds));
  return `${tableText(['', first.run, second.run], rows, width)}\n\n${verdict({ runs, difference })}`;
}

function verdict({ difference }: RunComparison): string {
  if (difference === undefined)
    return 'The runs have other folds or another objective: their scores differ by chance as well, and cannot be paired.';
  const { difference: by, interval, p } = difference;
  const apart = interval.low > 0 || interval.high < 0;
  return (
    `On the same folds the second winner scores ${shortScore(by)} more (${shortScore(interval.low)} – ${shortScore(interval.high)}, p ${p.toPrecision(2)}): ` +
    (apart ? 'they can be told apart.' : 'they cannot be told apart.')
  );
}

function namesOf(objects: readonly object[]): string[] {
  return [...new Set(objects.flatMap((each) => Object.keys(each)))];
}

function textOf(value: string | number | boolean | null | undefined): string {
  return value === undefined ? '' : shownValue(value);
}
