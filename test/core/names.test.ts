import { describe, expect, test } from 'vitest';
import { cachePrefix, jobsPrefix, runRoot, successMarker } from '../../core/layout.ts';
import { JOB_NAME_LIMIT, jobName, runId, runToken, tuningJobName } from '../../core/names.ts';

describe('names', () => {
  test('of jobs stay within the limit of SageMaker for the longest pipeline name and step', () => {
    const token = runToken('0193a4de-7b1c-7e21-9c5e-0123456789ab');
    const name = jobName('a'.repeat(30), token, 'tune-trial-10000', 3);
    expect(name.length).toBeLessThanOrEqual(JOB_NAME_LIMIT);
    expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  });

  test('of tuning jobs stay within their own limit, and are told apart', () => {
    const token = runToken('0193a4de-7b1c-7e21-9c5e-0123456789ab');
    const [one, other] = ['forest', 'forests'].map((end) => tuningJobName(token, `outer-10-tune-random-${end}`, 2));
    expect(one).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}$/);
    expect(one).not.toBe(other);
    expect(tuningJobName(token, 'tune-ridge', 1)).toBe(`${token}-tune-ridge`);
  });

  test('of a second attempt differ from the first', () => {
    expect(jobName('p', 'abc', 'split', 1)).toBe('p-abc-split');
    expect(jobName('p', 'abc', 'split', 2)).toBe('p-abc-split-2');
  });

  test('that SageMaker would refuse are refused', () => {
    expect(() => jobName('p', 'abc', 'fold_1', 1)).toThrow(RangeError);
    expect(() => jobName('p'.repeat(60), 'abc', 'split', 1)).toThrow(RangeError);
  });

  test('of long steps are cut, and still told apart', () => {
    const [one, other] = ['x', 'y'].map((end) => jobName('p', 'abc', `${'outer-2-'.repeat(10)}${end}`, 2));
    expect(one).toMatch(/^p-abc-outer-2-.*-2$/);
    expect(one?.length).toBeLessThanOrEqual(JOB_NAME_LIMIT);
    expect(one).not.toBe(other);
  });

  test('of runs sort by time and read as one', () => {
    expect(runId(new Date('2026-11-25T10:30:59Z'), '7f3a')).toBe('2026-11-25T10-30Z-7f3a');
  });

  test('of runs started in the same millisecond differ in their tokens', () => {
    // Time-ordered ids share their first digits.
    expect(runToken('0193a4de-7b1c-7e21-9c5e-0123456789ab')).not.toBe(runToken('0193a4de-7b1c-7e21-9c5e-ba9876543210'));
  });
});

describe('places in S3', () => {
  const home = 's3://bucket/crossfold/titanic';

  test('are below the pipeline, and none is the folder of another', () => {
    const places = [
      runRoot('s3://bucket/crossfold', 'titanic', '2026-11-25T10-30Z-7f3a'),
      cachePrefix(home, 'a'.repeat(32)),
      jobsPrefix(home),
    ];
    expect(places.every((place) => place.startsWith(`${home}/`) && place.endsWith('/'))).toBe(true);
    expect(successMarker(home, 'k').startsWith(cachePrefix(home, 'k'))).toBe(true);
    for (const place of places) expect(places.filter((other) => other.startsWith(place))).toHaveLength(1);
  });
});
