import { expect, test } from 'vitest';
import { finiteNumber, timeAgo, wholeNumber } from '../../client/arguments.ts';
import { visibilityQuery } from '../../client/runs.ts';

const since = timeAgo(() => new Date('2026-03-31T12:00:00Z'));

test.each([
  ['90m', '2026-03-31T10:30:00.000Z'],
  ['24h', '2026-03-30T12:00:00.000Z'],
  ['2w', '2026-03-17T12:00:00.000Z'],
  ['2026-01-02', '2026-01-02T00:00:00.000Z'],
])('%s is a time', (text, time) => {
  expect(since(text).toISOString()).toBe(time);
});

test.each(['', '7', '-1d', '2026-13-40', 'today'])('%j is no time', (text) => {
  expect(() => since(text)).toThrow(/allowed: 90m/);
});

test('numbers are numbers, and whole from where they have to be', () => {
  expect([wholeNumber(0)('0'), finiteNumber('-1.5')]).toEqual([0, -1.5]);
  for (const text of ['', '1.5', '-1', 'x']) expect(() => wholeNumber(0)(text)).toThrow(/from 0 on/);
  for (const text of ['', 'x', 'Infinity']) expect(() => finiteNumber(text)).toThrow(/a number/);
});

test('a filter is one query, which no name can break out of', () => {
  const filter = { pipeline: "x' OR 'a", status: 'cancelled', since: new Date(0), below: 0.8 } as const;
  expect(visibilityQuery(filter)).toBe(
    "WorkflowType = 'pipelineWorkflow' AND CrossfoldPipeline = 'x OR a' AND ExecutionStatus = 'Canceled' AND " +
      "StartTime >= '1970-01-01T00:00:00.000Z' AND CrossfoldScore < 0.8",
  );
});
