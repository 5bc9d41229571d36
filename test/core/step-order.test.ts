import { expect, test } from 'vitest';
import { placeIn } from '../../core/step-order.ts';

test('a job waits for a slot with those of its stage, in order', () => {
  const place = (step: string): object => placeIn({ run: 'p/1', step });
  expect(place('tune/trial-round-1-12')).toEqual({ group: 'p/1 tune/trial-round-1', place: 12 });
  expect(place('outer-2/fold-1/train-3')).toEqual({ group: 'p/1 nested/outer-2/fold-1/train', place: 3 });
  expect(place('split')).toEqual({ group: 'p/1 split', place: 0 });
});
