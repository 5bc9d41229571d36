import type { LeakComparison, LeakReport } from '../../core/leakage.ts';
import { ALONE, type LeakWarning } from '../../core/leak-warnings.ts';
import { shortScore } from '../../core/run-details.ts';
import { tableText } from './table.ts';

/** A leak check's report for people. */
export function leakText(report: LeakReport, width: number): string {
  const { pipeline, objective, rows, folds, warnings } = report;
  const { metric, goal } = objective;
  return [
    `${pipeline}: ${metric} (${goal}), ${rows.all} rows, ${rows.holdout} of them held out, ${folds.length} folds`,
    comparisonTable(report, width),
    verdicts(report).join('\n'),
    warnings.length === 0
      ? 'No warnings about the folds.'
      : warnings.map((warning) => `Warning: ${warningLine(warning, report)}`).join('\n'),
    ...widthsNote(report),
  ].join('\n\n');
}

function comparisonTable({ comparisons, confidence }: LeakReport, width: number): string {
  const percent = `${Number((confidence * 100).toPrecision(4))} %`;
  const head = ['algorithm', 'honest', 'leaky', 'difference', `${percent} interval`, 'p', 'verdict'];
  const rows = comparisons.map((compared) => {
    const { setting, honest, leaky, difference, interval, p } = compared;
    return [
      ...[setting.algorithm, shortScore(honest.mean), shortScore(leaky.mean), signed(difference)],
      ...[`${signed(interval.low)} – ${signed(interval.high)}`, p.toPrecision(2), verdictOf(compared)],
    ];
  });
  return `${tableText(head, rows, width)}\nhonest: preprocessing fitted on each fold's training rows, as a run does; leaky: on all rows`;
}

function verdictOf({ noise, flatters }: LeakComparison): string {
  if (noise) return 'noise';
  return flatters > 0 ? 'flatters' : 'harms';
}

function verdicts({ comparisons, objective }: LeakReport): string[] {
  const real = comparisons.filter(({ noise }) => !noise);
  if (real.length === 0) {
    return [
      'To fit this preprocessing on all rows makes no difference that can be told from noise. One-hot encoding and scaling',
      'hardly leak; an encoder that reads the target can.',
    ];
  }
  const lines = real.map(({ setting, flatters }) => {
    const does = flatters > 0 ? 'flatters' : 'harms';
    return `${setting.algorithm}: preprocessing that has seen the test rows ${does} ${objective.metric} by ${shortScore(Math.abs(flatters))}.`;
  });
  return [...lines, 'Do not trust scores of a table that was preprocessed as a whole; a run fits it in each fold.'];
}

function warningLine(warning: LeakWarning, { folds }: LeakReport): string {
  switch (warning.kind) {
    case 'duplicates': {
      const all = sum(folds.map((fold) => fold.test_rows));
      const pairs = warning.first.map(([test, train]) => `${test} (as ${train})`);
      return (
        `${sum(warning.counts)} of ${all} test rows have the features of a training row and ` +
        `${warning.target === 'same' ? 'the same' : 'another'} target: rows ${firstOf(pairs, warning.counts)}, counted from 0. ` +
        'Keep equal rows in one group (GROUP), or keep one of them.'
      );
    }
    case 'groups':
      return `groups (GROUP) have rows on both sides of a fold: ${firstOf(warning.first, warning.counts)}. Take split.scheme: group.`;
    case 'time':
      return `test rows are earlier (TIME) than a training row; share by fold: ${warning.shares.map(percentOf).join(', ')}. Take split.scheme: time.`;
    case 'feature':
      return (
        `${warning.feature} alone predicts the target: ${shortScore(warning.score)}, ` +
        `${warning.next === null ? `no feature is below ${ALONE}` : `the next best feature ${shortScore(warning.next)}`}. Is it known before the target is?`
      );
  }
}

function widthsNote({ widths }: LeakReport): string[] {
  if (new Set(widths).size <= 1) return [];
  return [
    `Note: preprocessing makes ${widths.join(', ')} features in the folds: a category is in some training rows and not in others. It is no fault.`,
  ];
}

/** The first of them, and how many each fold has. */
function firstOf(first: readonly string[], counts: readonly number[]): string {
  const more = sum(counts) > first.length ? ' …' : '';
  return `${first.join(', ')}${more} (by fold: ${counts.join(', ')})`;
}

function signed(value: number): string {
  const text = shortScore(value);
  if (Number(text) === 0) return shortScore(0);
  return value < 0 ? text : `+${text}`;
}

function percentOf(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
