import { describe, expect, test } from 'vitest';
import { digestOf } from '../../activities/jobs/digest.ts';
import { failureOf, parseResult } from '../../activities/jobs/outcome.ts';
import type { JobView } from '../../activities/jobs/port.ts';
import type { TrainingSpec } from '../../core/jobs.ts';

const SPEC: TrainingSpec<'fits'> = {
  ...{
    kind: 'training',
    name: 'titanic-abc-fold-3-train-1',
    run: 'titanic/x',
    step: 'fold-3/train-1',
    script: 'train.py',
  },
  machine: { instance: 'ml.m5.large', volume: 30, timeout: 60, image: 'i', role: 'r' },
  ...{
    inputs: [],
    output: 's3://b/jobs/',
    home: 's3://b',
    hold: 's3://b/hold.json',
    keep: { families: {} },
    result: 'fits',
    hyperparameters: {},
    metrics: ['roc_auc'],
  },
};
const view = (changes: Partial<JobView>): JobView => ({
  ...{ status: 'Failed', secondary: undefined, reason: undefined, created: undefined, startup: 1, seconds: 5 },
  ...changes,
});

describe('a job that did not complete', () => {
  test.each([
    [
      'JobFailed',
      view({ reason: 'AlgorithmError: the column Age is missing, exit code: 1' }),
      /fold-3\/train-1.*column Age/,
    ],
    [
      'JobInterrupted',
      view({ reason: 'CapacityError: Unable to provision requested ML compute capacity.' }),
      /Capacity/,
    ],
    ['JobInterrupted', view({ reason: 'InternalServerError: We encountered an internal error.' }), /internal/],
    ['JobStopped', view({ status: 'Stopped', secondary: 'MaxRuntimeExceeded' }), /longer than 60 s.*jobs.timeout/],
    ['JobStopped', view({ status: 'Stopped', seconds: 61 }), /longer than 60 s/],
    ['JobStopped', view({ status: 'Stopped' }), /not by this run/],
  ])('is %s for %j', (code, found, words) => {
    const error = failureOf(SPEC, found, []);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
  });

  test('says the cause first, then the end of its log, then what to do', () => {
    const error = failureOf(SPEC, view({ reason: 'the column Age is missing' }), ['reading', 'Traceback']);
    expect(error.message.split('\n')).toEqual([
      expect.stringMatching(/^fold-3\/train-1: job .* failed: the column Age is missing$/),
      ...['The last lines of its log:', '  reading', '  Traceback'],
      expect.stringMatching(/run the pipeline again/),
    ]);
  });
});

describe('a result', () => {
  const fit = {
    ...{ setting: 's', algorithm: 'a', hyperparameters: {}, fold: 0, metrics: { roc_auc: 0.5 } },
    ...{
      fitted_hash: `sha256:${'a'.repeat(64)}`,
      test_hash: `sha256:${'b'.repeat(64)}`,
      fit_seconds: 1,
      score_seconds: 1,
    },
  };

  test('is parsed', () => {
    expect(parseResult(SPEC, JSON.stringify({ fits: [fit] })).fits).toHaveLength(1);
  });

  test.each([
    ['nothing', undefined],
    ['no JSON', 'roc_auc=0.9'],
    ['no fits', '{}'],
    ['no metric that was asked for', JSON.stringify({ fits: [{ ...fit, metrics: { accuracy: 1 } }] })],
    ['a metric that is no number', JSON.stringify({ fits: [{ ...fit, metrics: { roc_auc: null } }] })],
  ])('with %s is refused, telling what the script has to write', (_, text) => {
    expect(() => parseResult(SPEC, text)).toThrow(
      /completed without a score.*train.py must write .*result.json with the metrics roc_auc/,
    );
  });
});

describe('the digest of a request', () => {
  test('does not depend on the order of keys, and does on everything else', () => {
    expect(digestOf({ a: 1, b: { c: [1, 2], d: 2 } })).toBe(digestOf({ b: { d: 2, c: [1, 2] }, a: 1 }));
    expect(digestOf({ a: [1, 2] })).not.toBe(digestOf({ a: [2, 1] }));
  });
});
