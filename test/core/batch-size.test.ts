import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchSizes, jobTimes, type BatchRule } from '../../core/batch-size.ts';

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

describe('the sizes of batches', () => {
  test('give each slot one job, however long its machine takes to start', () => {
    expect(batchSizes(auto({ overhead: 1, fit: 1 }), 20)).toEqual([10, 10]);
    expect(batchSizes(auto({ startup: 180, overhead: 0.1, fit: 0.1 }), 100)).toEqual([50, 50]);
    expect(batchSizes(auto({ startup: 180, overhead: 0.1, fit: 0.1 }, { slots: 8 }), 100)).toEqual([
      13, 12, 13, 12, 13, 12, 13, 12,
    ]);
    expect(batchSizes(auto({ startup: 180, fit: 0.1 }, { slots: 8 }), 3)).toEqual([1, 1, 1]);
    expect(batchSizes(auto({ fit: 1 }), 0)).toEqual([]);
  });

  test('leave slots idle where what is billed beside the fits would be more than its share', () => {
    // 8 jobs of 1 s would be 29 % of the time beside 20 s of fits; 5 are 20 %.
    expect(batchSizes(auto({ overhead: 1, fit: 1 }, { slots: 8 }), 20)).toEqual([4, 4, 4, 4, 4]);
    expect(batchSizes(auto({ overhead: 1, fit: 0.02 }), 20)).toEqual([20]);
  });

  test('halve from round to round where more rounds cost next to nothing', () => {
    // 80 s of fits carry 8 jobs of 0.2 s at 2 %.
    const falling = [22, 21, 11, 10, 6, 5, 3, 2];
    expect(batchSizes(auto({ overhead: 0.2, fit: 1 }), 80)).toEqual(falling);
    expect(batchSizes(auto({ startup: 0.1, overhead: 0.1, fit: 1 }), 80)).toEqual(falling);
    expect(batchSizes(auto({ overhead: 0.4, fit: 1 }), 80)).toEqual([27, 27, 13, 13]);
    expect(batchSizes(auto({ overhead: 0.05, fit: 1 }), 80)).toEqual([21, 21, 10, 10, 6, 5, 3, 2, 1, 1]);
    expect(batchSizes(auto({ fit: 1 }, { slots: 1 }), 3)).toEqual([2, 1]);
  });

  test('let slots end together, whichever is free first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 2000 }), (slots, fits) => {
        const sizes = batchSizes(auto({ fit: 1 }, { slots, longest: 1e6 }), fits);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(fits);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        const busy = Array.from({ length: slots }, () => 0);
        for (const size of sizes) busy[busy.indexOf(Math.min(...busy))] = Math.min(...busy) + size;
        expect(Math.max(...busy)).toBeLessThanOrEqual(Math.ceil((1.1 * fits) / slots) + 1);
      }),
    );
  });

  test('keep a job within the time that it may take', () => {
    const even = (jobs: number, size: number): number[] => Array.from({ length: jobs }, () => size);
    expect(batchSizes(auto({ overhead: 10, fit: 10 }, { longest: 110 }), 400)).toEqual(even(40, 10));
    expect(batchSizes(auto({ overhead: 10, fit: 200 }, { longest: 110 }), 400)).toEqual(even(400, 1));
  });

  test('are what the pipeline says where it says it', () => {
    expect(batchSizes({ fixed: 5 }, 12)).toEqual([5, 5, 2]);
  });
});
