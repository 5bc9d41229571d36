import { statistic, type Sample } from './statistics.ts';

export const COMPARISONS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
export const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** What an alarm goes off by. */
export interface Rule {
  /** A plain statistic or a percentile. */
  readonly statistic: string;
  readonly comparison: (typeof COMPARISONS)[number];
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missing: (typeof MISSING_DATA)[number];
}

/** A period's value: its start in epoch seconds. */
export interface Datapoint {
  readonly time: number;
  readonly value: number;
}

/** What an evaluation comes to; without a state the alarm stays as it is. */
export interface Outcome {
  readonly state: AlarmState | undefined;
  readonly reason: string;
  readonly datapoints: readonly Datapoint[];
}

/** Periods that are looked at beyond those that count, so that some may be missing. */
const SPARE_PERIODS = 2;

/** How many periods an evaluation looks at. */
export function evaluationRange(rule: Rule): number {
  return rule.evaluationPeriods + SPARE_PERIODS;
}

const WORDS: Readonly<Record<Rule['comparison'], string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Whether a period that is not over breaches whatever may still come in it, given values that are not negative. */
export function isDecided(rule: Rule, samples: readonly Sample[]): boolean {
  if (samples.length === 0 || samples.some(({ value }) => value < 0)) return false;
  const growing = ['Sum', 'SampleCount', 'Maximum'].includes(rule.statistic) && rule.comparison.startsWith('Greater');
  const falling = rule.statistic === 'Minimum' && rule.comparison.startsWith('Less');
  return (growing || falling) && isBreaching(rule, statistic(rule.statistic, samples));
}

/**
 * Evaluates an alarm as CloudWatch does: the newest datapoints count, and missing ones only where there are too few.
 *
 * @param periods the evaluation range, oldest first; undefined where a period has no data
 */
export function evaluate(rule: Rule, periods: readonly (Datapoint | undefined)[]): Outcome {
  const { evaluationPeriods, datapointsToAlarm, missing } = rule;
  const known = periods.flatMap((each) => each ?? []).slice(-evaluationPeriods);
  const breaching = known.filter(({ value }) => isBreaching(rule, value));
  const filled = evaluationPeriods - known.length;
  const end = (state: AlarmState | undefined, reason: string): Outcome => ({ state, reason, datapoints: known });
  if (breaching.length >= datapointsToAlarm || (missing === 'missing' && isOverdue(rule, periods, known)))
    return end('ALARM', crossed(rule, known, breaching));
  if (filled > 0 && missing === 'breaching' && breaching.length + filled >= datapointsToAlarm)
    return end('ALARM', known.length === 0 ? nothing(filled, 'Breaching') : crossed(rule, known, breaching));
  if (known.length > breaching.length || (missing === 'notBreaching' && known.length > 0))
    return end('OK', notCrossed(rule, known));
  if (missing === 'notBreaching') return end('OK', nothing(filled, 'NonBreaching'));
  if (missing === 'ignore') return end(undefined, '');
  if (known.length > 0) return end('OK', notCrossed(rule, known));
  return end('INSUFFICIENT_DATA', `Insufficient Data: ${count(evaluationPeriods)} were unknown.`);
}

/** The oldest known datapoint breached so long ago that an alarm would be due, and nothing since says otherwise. */
function isOverdue(rule: Rule, periods: readonly (Datapoint | undefined)[], known: readonly Datapoint[]): boolean {
  const oldest = periods.slice(-rule.evaluationPeriods).findIndex((each) => each !== undefined);
  if (oldest === -1 || rule.evaluationPeriods - oldest < rule.datapointsToAlarm) return false;
  return known.every(({ value }) => isBreaching(rule, value));
}

function isBreaching({ comparison, threshold }: Rule, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}

function crossed(rule: Rule, known: readonly Datapoint[], breaching: readonly Datapoint[]): string {
  const { evaluationPeriods, datapointsToAlarm, comparison, threshold } = rule;
  const verb = breaching.length === 1 ? 'was' : 'were';
  return (
    `Threshold Crossed: ${breaching.length} out of the last ${evaluationPeriods} datapoints ${shown(known)} ${verb} ` +
    `${WORDS[comparison]} the threshold (${decimal(threshold)}) ` +
    `(minimum ${count(datapointsToAlarm)} for OK -> ALARM transition).`
  );
}

function notCrossed({ comparison, threshold }: Rule, known: readonly Datapoint[]): string {
  const verb = known.length === 1 ? 'was' : 'were';
  return `Threshold Crossed: ${count(known.length)} ${shown(known)} ${verb} not ${WORDS[comparison]} the threshold (${decimal(threshold)}).`;
}

function nothing(periods: number, treated: string): string {
  const [period, verb] = periods === 1 ? ['period', 'was'] : ['periods', 'were'];
  return (
    `Threshold Crossed: no datapoints were received for ${periods} ${period} and ` +
    `${periods} missing datapoint${periods === 1 ? '' : 's'} ${verb} treated as [${treated}].`
  );
}

function count(datapoints: number): string {
  return `${datapoints} datapoint${datapoints === 1 ? '' : 's'}`;
}

function shown(datapoints: readonly Datapoint[]): string {
  const each = [...datapoints].reverse().map(({ time, value }) => {
    const [, year, month, day, clock] =
      /^\d\d(\d\d)-(\d\d)-(\d\d)T(.{8})/.exec(new Date(time * 1000).toISOString()) ?? [];
    return `${decimal(value)} (${day ?? ''}/${month ?? ''}/${year ?? ''} ${clock ?? ''})`;
  });
  return `[${each.join(', ')}]`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
