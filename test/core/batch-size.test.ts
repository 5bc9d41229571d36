import { describe, expect, test } from 'vitest';
import { batchReason, batchSize, jobTimes, type BatchRule } from '../../core/batch-size.ts';

const auto = (overhead: number, fit: number, options: { slots?: number; longest?: number } = {}): BatchRule => ({
  ...{ times: { overhead, fit }, slots: 2, share: 0.2, longest: 1800 },
  ...options,
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
  test('gives each slot one job, where that keeps the overhead within its share', () => {
    // 2 jobs of 1 s beside 20 s of fits: 9 %.
    expect(batchSize(auto(1, 1), 20)).toBe(10);
    expect(batchSize(auto(1, 1, { slots: 4 }), 20)).toBe(5);
  });

  test('leaves slots idle where work for them would cost more than the share', () => {
    // 8 jobs of 1 s would be 29 % of the time beside 20 s of fits; 5 are 20 %.
    expect(batchSize(auto(1, 1, { slots: 8 }), 20)).toBe(4);
    expect(batchSize(auto(180, 0.1), 100)).toBe(100);
    expect(batchSize(auto(180, 0.1, { slots: 8 }), 3)).toBe(3);
  });

  test('makes more rounds of jobs where they cost next to nothing', () => {
    // 80 s of fits carry 8 jobs of 0.2 s at 2 %.
    expect(batchSize(auto(0.2, 1), 80)).toBe(10);
    expect(batchSize(auto(0, 1), 80)).toBe(1);
  });

  test('keeps a job within the time that it may take', () => {
    expect(batchSize(auto(10, 10, { longest: 110 }), 400)).toBe(10);
    expect(batchSize(auto(10, 200, { longest: 110 }), 400)).toBe(1);
  });

  test('is what the pipeline says where it says it', () => {
    expect(batchSize({ fixed: 5 }, 100)).toBe(5);
    expect(batchReason({ fixed: 5 }, 100)).toBe('5 fits a job, as the pipeline says');
  });

  test('comes with its reason', () => {
    expect(batchReason(auto(1, 1), 20)).toMatch(/^10 fits a job.* 9 % of its time .*at most 20 % was asked for$/);
    expect(batchReason(auto(180, 0.1), 100)).toMatch(/95 % .*work for all 2 slots would cost more than the 20 %/);
  });
});
