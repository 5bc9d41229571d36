import { describe, expect, test } from 'vitest';
import { makespan, stagesOf, type ScheduledJob } from '../../core/job-schedule.ts';
import type { JobRecord } from '../../core/run.ts';

const job = (step: string, seconds: number, after?: string): ScheduledJob => ({ step, seconds, after });

describe('the makespan', () => {
  test('of no job is 0', () => {
    expect(makespan([], 3)).toBe(0);
    expect(makespan([[]], 3)).toBe(0);
  });

  test.each([
    [1, 10],
    [2, 6],
    [3, 5],
    [9, 4],
  ])('on %i slots gives a free slot the next job of the list', (slots, expected) => {
    // On 2 slots: a and b at 0, c at 1 until 4, d at 2 until 6. On 3: d at 1 until 5.
    const stage = [job('a', 1), job('b', 2), job('c', 3), job('d', 4)];
    expect(makespan([stage], slots)).toBe(expected);
  });

  test('depends on the order of the list: it is no optimum', () => {
    const long = job('long', 4);
    const short = [job('a', 2), job('b', 2)];
    expect(makespan([[long, ...short]], 2)).toBe(4);
    expect(makespan([[...short, long]], 2)).toBe(6);
  });

  test('waits for the last job of a stage before the next stage', () => {
    expect(makespan([[job('a', 1), job('b', 5)], [job('c', 1), job('d', 1)], [job('e', 2)]], 2)).toBe(8);
  });

  test('has a job wait for the one that it is after, and for no other', () => {
    const stage = [job('a', 3), job('after-a', 2, 'a'), job('b', 1), job('after-b', 2, 'b')];
    // With slots for all, the chains are 5 and 3 long; on one slot nothing overlaps.
    expect(makespan([stage], 4)).toBe(5);
    expect(makespan([stage], 1)).toBe(8);
  });

  test('takes the job that has been ready longest, wherever it stands in the list', () => {
    // a and b at 0, c at 1, d at 2, and then after-a at 3 until 7. By the list after-a would begin at 1, and all would end at 6.
    const stage = [job('a', 1), job('after-a', 4, 'a'), job('b', 2), job('c', 2), job('d', 2)];
    expect(makespan([stage], 2)).toBe(7);
  });

  test('refuses no slot, and a job after one that is not there', () => {
    expect(() => makespan([[job('a', 1)]], 0)).toThrow('at least 1 slot, not 0');
    expect(() => makespan([[job('a', 1, 'gone')]], 1)).toThrow(/^a: after steps/);
  });
});

function record(step: string, seconds = 1, reused = false): JobRecord {
  return {
    name: step,
    kind: 'training',
    step,
    created: null,
    startup: 2,
    seconds,
    working: 0,
    output: '',
    fits: 0,
    reused,
  };
}

describe('the stages of a run', () => {
  const steps = (...names: string[]): (readonly [string, string | undefined][])[] =>
    stagesOf(
      names.map((name) => record(name)),
      () => 1,
    ).map((stage) => stage.map(({ step, after }) => [step, after] as const));

  test('are the folds with their chains, the tuning by rounds, and each single step', () => {
    expect(
      steps(
        ...['split', 'fold-1/preprocess', 'fold-0/preprocess', 'fold-1/train-1', 'fold-0/train-2', 'fold-0/train-1'],
        ...['tune/trial-round-1-2', 'tune/trial-round-1-1', 'tune/trial-round-2-1', 'final', 'holdout'],
      ),
    ).toEqual([
      [['split', undefined]],
      [
        ['fold-0/preprocess', undefined],
        ['fold-0/train-1', 'fold-0/preprocess'],
        ['fold-0/train-2', 'fold-0/preprocess'],
        ['fold-1/preprocess', undefined],
        ['fold-1/train-1', 'fold-1/preprocess'],
      ],
      [
        ['tune/trial-round-1-1', undefined],
        ['tune/trial-round-1-2', undefined],
      ],
      [['tune/trial-round-2-1', undefined]],
      [['final', undefined]],
      [['holdout', undefined]],
    ]);
  });

  test('list jobs by number, not by letter', () => {
    expect(steps('base-10', 'base-9', 'tune/trial-1').map((stage) => stage.map(([step]) => step))).toEqual([
      ['base-9', 'base-10'],
      ['tune/trial-1'],
    ]);
  });

  test('leave out jobs of earlier runs, and have the seconds that they are given', () => {
    const stages = stagesOf(
      [record('split', 3), record('final', 4, true)],
      ({ startup, seconds }) => startup + seconds,
    );
    expect(stages).toEqual([[{ step: 'split', seconds: 5, after: undefined }]]);
  });
});
