import { expect, test } from 'vitest';
import { duration, milliseconds } from '../../core/duration.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
])('%s is %i ms', (text, expected) => {
  expect(duration.parse(text)).toBe(text);
  expect(milliseconds(text)).toBe(expected);
});

test.each(['0s', '1', '1.5h', '-1h', '1 h', '1w', 'h', '', '10000000000s'])('%j is no duration', (text) => {
  expect(duration.safeParse(text).success).toBe(false);
  expect(() => milliseconds(text)).toThrow(RangeError);
});
