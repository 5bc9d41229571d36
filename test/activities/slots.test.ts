import { describe, expect, test } from 'vitest';
import { Slots } from '../../activities/jobs/slots.ts';

const never = new AbortController().signal;

describe('slots', () => {
  test('are given out in order, never more than there are', async () => {
    const slots = new Slots(2);
    const order: number[] = [];
    const first = await slots.acquire(never);
    await slots.acquire(never);
    const third = slots.acquire(never).then((release) => {
      order.push(3);
      return release;
    });
    const fourth = slots.acquire(never).then((release) => {
      order.push(4);
      return release;
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    first();
    (await third)();
    await fourth;
    expect(order).toEqual([3, 4]);
  });

  test('given back twice count once', async () => {
    const slots = new Slots(1);
    const release = await slots.acquire(never);
    release();
    release();
    await slots.acquire(never);
    const waiting = new AbortController();
    const second = slots.acquire(waiting.signal);
    waiting.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
  });

  test('are not lost to one that stops waiting', async () => {
    const slots = new Slots(1);
    const release = await slots.acquire(never);
    const leaving = new AbortController();
    const left = slots.acquire(leaving.signal);
    const next = slots.acquire(never);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    release();
    await next;
  });
});
