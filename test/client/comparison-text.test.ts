import { describe, expect, test } from 'vitest';
import { comparisonText, type MethodComparison } from '../../client/format/comparison-text.ts';
import type { MethodRow } from '../../core/comparison.ts';

const ROW: MethodRow = {
  method: 'bundled',
  run: 'p/1',
  winner: {
    setting: { id: 'a', algorithm: 'a', hyperparameters: { C: 0.123456, kind: 'x|y' } },
    mean: 0.9,
    margin: 0.05,
  },
  fits: 4,
  scores: { compared: 4, largest: 0, equal: true },
  wall: 65,
  jobs: 3,
  instanceSeconds: 50,
  startupSeconds: 2,
  bytes: 2_340_000,
  cost: 0.0123,
  estimates: [{ startup: 30, wall: 95, cost: 0.0123 }],
};
const PRICED: MethodComparison = {
  ...{ pipeline: 'p', metric: 'roc_auc', confidence: 0.9, instance: 'ml.m5.large', price: 0.115, slots: 2 },
  methods: [ROW, { ...ROW, method: 'folds', run: 'p/2', scores: { compared: 3, largest: 2.5e-7, equal: false } }],
  recommendation: 'Take bundled.',
};

describe('a comparison as Markdown', () => {
  const lines = comparisonText(PRICED).split('\n');
  const row = (name: string): string[] | undefined =>
    lines
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
      .find(([, first]) => first === name)
      ?.slice(2, -1);

  test('has a column for each method, in columns of one width', () => {
    expect(row('')).toEqual(['bundled', 'folds']);
    const widths = lines.filter((line) => line.startsWith('|')).map(({ length }) => length);
    expect(new Set(widths).size).toBe(1);
  });

  test('has the numbers in units that people read, and keeps what would break the table', () => {
    expect(row('winner')?.[0]).toBe('a C=0.1235 kind=x\\|y');
    expect(row('roc_auc, mean ± 90 % interval')?.[0]).toBe('0.9000 ± 0.0500');
    expect(row('scores against bundled')).toEqual(['–', 'different: by 2.5e-7 at most over 3 fits']);
    expect(row('wall time')?.[0]).toBe('1 min 05 s');
    expect(row('added to S3')?.[0]).toBe('2.3 MB');
    expect(row('estimate: start-up 30 s a job')?.[0]).toBe('1 min 35 s, USD 0.0123');
  });

  test('says what to do where no price is known', () => {
    const methods = [{ ...ROW, cost: undefined, estimates: [{ startup: 30, wall: 95, cost: undefined }] }];
    const text = comparisonText({ ...PRICED, instance: 'ml.p3.2xlarge', price: undefined, methods });
    expect(text).toContain('No price of ml.p3.2xlarge is known: give jobs.price');
    expect(text).toContain('1 min 35 s, no price');
    expect(text).not.toContain('USD 0');
  });
});
