import { expect, test } from 'vitest';
import { pauseBetweenLooks } from '../../core/pace.ts';

test.each([
  ['what has just begun', 0, 0],
  ['what is new', 1000, 100],
  ['what has run for a while', 100_000, 1000],
  ['what has run for long', 3_600_000, 2000],
])('%s is looked at that far apart', (_, age, pause) => {
  expect(pauseBetweenLooks(age, 10)).toBeCloseTo(pause);
});
