import { describe, expect, test } from 'vitest';
import { Slots, type Turn } from '../../activities/jobs/slots.ts';

const never = new AbortController().signal;

const turn = (place: number, group = 'a'): Turn => ({ group, place });

describe('slots', () => {
  test('are given out in order, never more than there are', async () => {
    const slots = new Slots(2);
    const order: number[] = [];
    const first = await slots.acquire(never, turn(0));
    await slots.acquire(never, turn(0));
    const third = slots.acquire(never, turn(0)).then((release) => {
      order.push(3);
      return release;
    });
    const fourth = slots.acquire(never, turn(0)).then((release) => {
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
    const release = await slots.acquire(never, turn(0));
    release();
    release();
    await slots.acquire(never, turn(0));
    const waiting = new AbortController();
    const second = slots.acquire(waiting.signal, turn(0));
    waiting.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
  });

  test('are not lost to one that stops waiting', async () => {
    const slots = new Slots(1);
    const release = await slots.acquire(never, turn(0));
    const leaving = new AbortController();
    const left = slots.acquire(leaving.signal, turn(0));
    const next = slots.acquire(never, turn(0));
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    release();
    await next;
  });

  test('go to the first of those that were asked for together, whichever came first', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    let release = await slots.acquire(never, turn(9));
    const waiting = [turn(3), turn(1, 'b'), turn(1), turn(2)].map((each) =>
      slots.acquire(never, each).then((give) => {
        order.push(`${each.group}${each.place}`);
        release = give;
      }),
    );
    for (let count = 1; count <= waiting.length; count += 1) {
      release();
      await expect.poll(() => order.length).toBe(count);
    }
    expect(order).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  test('that are free wait for the first of those that were asked for together', async () => {
    const slots = new Slots(2);
    const order: number[] = [];
    for (const place of [4, 2, 1, 3]) void slots.acquire(never, turn(place)).then(() => order.push(place));
    await expect.poll(() => order.length).toBe(2);
    expect(order).toEqual([1, 2]);
    expect([slots.running, slots.waiting]).toEqual([2, 2]);
  });
});
