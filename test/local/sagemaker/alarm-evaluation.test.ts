import { describe, expect, it } from 'vitest';
import { evaluate, type Rule } from '../../../local/sagemaker/cloudwatch/evaluation.ts';
import { statistic } from '../../../local/sagemaker/cloudwatch/statistics.ts';

const MISSING = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

/** `0` is a datapoint that does not breach, `X` one that does, `-` a missing one; oldest first. */
function states(periods: string, datapointsToAlarm: number): string[] {
  const found = Array.from(periods, (each, index) =>
    each === '-' ? undefined : { time: index * 60, value: each === 'X' ? 1 : 0 },
  );
  return MISSING.map((missing) => {
    const rule: Rule = {
      ...{ statistic: 'Sum', comparison: 'GreaterThanOrEqualToThreshold', threshold: 1 },
      ...{ evaluationPeriods: 3, datapointsToAlarm, missing },
    };
    return evaluate(rule, found).state ?? 'kept';
  });
}

// The tables of CloudWatch's user guide, "Configuring how CloudWatch alarms treat missing data".
describe('three datapoints of three', () => {
  it.each([
    ['0-X-X', ['OK', 'OK', 'OK', 'OK']],
    ['----0', ['OK', 'OK', 'OK', 'OK']],
    ['-----', ['INSUFFICIENT_DATA', 'kept', 'ALARM', 'OK']],
    ['0XX-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['--X--', ['ALARM', 'kept', 'ALARM', 'OK']],
  ])('%s', (periods, expected) => {
    expect(states(periods, 3)).toEqual(expected);
  });
});

describe('two datapoints of three', () => {
  it.each([
    ['0-X-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['00X0X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0-X--', ['OK', 'OK', 'ALARM', 'OK']],
    ['----0', ['OK', 'OK', 'ALARM', 'OK']],
  ])('%s', (periods, expected) => {
    expect(states(periods, 2)).toEqual(expected);
  });
});

describe('percentiles', () => {
  const samples = [
    { value: 1, count: 90 },
    { value: 5, count: 9 },
    { value: 9, count: 1 },
  ];
  it.each([
    ['p50', 1],
    ['p90', 1],
    ['p95', 5],
    ['p99', 5],
    ['p99.9', 9],
    ['p100', 9],
  ])('%s', (name, expected) => {
    expect(statistic(name, samples)).toBe(expected);
  });
});
