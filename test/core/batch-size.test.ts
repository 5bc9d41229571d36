import { describe, expect, test } from 'vitest';
import { batchReason, batchSize, jobTimes, type BatchRule } from '../../core/batch-size.ts';

const auto = (
  times: { startup?: number; overhead?: number; fit: number },
  options: { slots?: number; longest?: number } = {},
): BatchRule => ({
  ...{ times: { startup: 0, overhead: 0, ...times }, slots: 2, share: 0.2, longest: 1800 },
  ...options,
});

describe('the times of jobs', () => {
  test('are what they take beside their fits, and what a fit takes by the clock on the wall', () => {
    const job = { startup: 30, seconds: 20, working: 15, fits: 3 };
    expect(jobTimes([job, { ...job, startup: 40 }, { ...job, startup: 90 }], 1)).toEqual({
      startup: 40,
      overhead: 5,
      fit: 5,
    });
  });

  test('are scaled for an algorithm that is slower or faster', () => {
    expect(jobTimes([{ startup: 0, seconds: 20, working: 10, fits: 10 }], 0.5)).toEqual({
      startup: 0,
      overhead: 10,
      fit: 0.5,
    });
  });

  test('are unknown where no job carried a fit of its own', () => {
    expect(jobTimes([], 1)).toBeUndefined();
    expect(jobTimes([{ startup: 1, seconds: 2, working: 0, fits: 0 }], 1)).toBeUndefined();
    expect(jobTimes([{ startup: 0, seconds: 0, working: 0, fits: 5 }], 1)).toBeUndefined();
  });
});

describe('the size of batches', () => {
  test('gives each slot one job, however long its machine takes to start', () => {
    expect(batchSize(auto({ overhead: 1, fit: 1 }), 20)).toBe(10);
    expect(batchSize(auto({ startup: 180, overhead: 0.1, fit: 0.1 }), 100)).toBe(50);
    expect(batchSize(auto({ startup: 180, overhead: 0.1, fit: 0.1 }, { slots: 8 }), 100)).toBe(13);
    expect(batchSize(auto({ startup: 180, fit: 0.1 }, { slots: 8 }), 3)).toBe(1);
  });

  test('leaves slots idle where what is billed beside the fits would be more than its share', () => {
    // 8 jobs of 1 s would be 29 % of the time beside 20 s of fits; 5 are 20 %.
    expect(batchSize(auto({ overhead: 1, fit: 1 }, { slots: 8 }), 20)).toBe(4);
    expect(batchSize(auto({ overhead: 1, fit: 0.02 }), 20)).toBe(20);
  });

  test('makes more rounds of jobs where they cost next to nothing', () => {
    // 80 s of fits carry 8 jobs of 0.2 s at 2 %.
    expect(batchSize(auto({ overhead: 0.2, fit: 1 }), 80)).toBe(10);
    expect(batchSize(auto({ startup: 0.1, overhead: 0.1, fit: 1 }), 80)).toBe(10);
    expect(batchSize(auto({ fit: 1 }), 80)).toBe(1);
  });

  test('keeps a job within the time that it may take', () => {
    expect(batchSize(auto({ overhead: 10, fit: 10 }, { longest: 110 }), 400)).toBe(10);
    expect(batchSize(auto({ overhead: 10, fit: 200 }, { longest: 110 }), 400)).toBe(1);
  });

  test('is what the pipeline says where it says it', () => {
    expect(batchSize({ fixed: 5 }, 100)).toBe(5);
    expect(batchReason({ fixed: 5 }, 100)).toBe('5 fits a job, as the pipeline says');
  });

  test('comes with its reason', () => {
    expect(batchReason(auto({ overhead: 1, fit: 1 }), 20)).toMatch(/^10 fits a job.* 9 % .*all 2 slots have work$/);
    expect(batchReason(auto({ startup: 30, overhead: 1, fit: 0.02 }), 20)).toMatch(
      /71 % .*30.00 s to start.*all 2 slots would cost more than the 20 %/,
    );
  });
});
