import { describe, expect, test } from 'vitest';
import { batchReason, batchSize, jobTimes, type BatchRule } from '../../core/batch-size.ts';

const auto = (overhead: number, fit: number, slots = 2, share = 0.2): BatchRule => ({
  ...{ times: { overhead, fit }, slots, share },
});

describe('the times of jobs', () => {
  test('are what they take beside their fits, and what a fit takes by the clock on the wall', () => {
    const job = { startup: 30, seconds: 20, working: 15, fits: 3 };
    expect(jobTimes([job, { ...job, startup: 40 }, { ...job, startup: 90 }], 1)).toEqual({ overhead: 45, fit: 5 });
  });

  test('are scaled for an algorithm that is slower or faster', () => {
    expect(jobTimes([{ startup: 0, seconds: 20, working: 10, fits: 10 }], 0.5)).toEqual({ overhead: 10, fit: 0.5 });
  });

  test('are unknown where no job carried a fit of its own', () => {
    expect(jobTimes([], 1)).toBeUndefined();
    expect(jobTimes([{ startup: 1, seconds: 2, working: 0, fits: 0 }], 1)).toBeUndefined();
    expect(jobTimes([{ startup: 0, seconds: 0, working: 0, fits: 5 }], 1)).toBeUndefined();
  });
});

describe('the size of batches', () => {
  test('is the fewest fits that keep the overhead within its share', () => {
    // 1 s in a job of 5 s: 4 fits of 1 s.
    expect(batchSize(auto(1, 1), 80)).toBe(4);
    expect(batchSize(auto(0, 1), 80)).toBe(1);
  });

  test('leaves no slot without work, however dear a job is', () => {
    expect(batchSize(auto(180, 0.1), 100)).toBe(50);
    expect(batchSize(auto(180, 0.1, 8), 100)).toBe(13);
    expect(batchSize(auto(180, 0.1, 8), 3)).toBe(1);
  });

  test('is even, so that the last jobs are as full as the first', () => {
    // 7 fits a job would be 15 jobs: 8 rounds of 2 slots. As many rounds take 7 a job; 9 rounds would take 6.
    expect(batchSize(auto(1.6, 1), 100)).toBe(7);
    // 34 a job would leave one slot with 32 in the second round.
    expect(batchSize(auto(8.4, 1), 100)).toBe(25);
  });

  test('is what the pipeline says where it says it', () => {
    expect(batchSize({ fixed: 5 }, 100)).toBe(5);
    expect(batchReason({ fixed: 5 }, 100)).toBe('5 fits a job, as the pipeline says');
  });

  test('comes with its reason', () => {
    expect(batchReason(auto(1, 1), 80)).toMatch(/^4 fits a job.* 20 % of its time .*at most 20 % was asked for$/);
    expect(batchReason(auto(180, 0.1), 100)).toMatch(/97 % .*more fits a job would leave some of the 2 slots/);
  });
});
