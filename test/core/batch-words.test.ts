import { describe, expect, test } from 'vitest';
import type { BatchRule } from '../../core/batch-size.ts';
import { batchesInWords } from '../../core/batch-words.ts';
import type { Pipeline } from '../../core/pipeline.ts';

type Asked = Pick<Pipeline, 'method' | 'tuning'>;
const tuning: Asked['tuning'] = {
  ...{ trials: 20, seed: 1, scope: 'shared', then: 'both', tune: 'best', sampler: 'random' },
};
const folds: Asked = { method: 'folds', tuning };
const rule = (times: { startup?: number; overhead?: number; fit: number }): BatchRule => ({
  ...{ times: { startup: 0, overhead: 0, ...times }, slots: 2, share: 0.2, longest: 1800 },
});
const jobs = (...carried: readonly (readonly [string, number, 'reused'?])[]) =>
  carried.map(([step, fits, reused]) => ({ step, fits, reused: reused === 'reused' }));

describe('how fits were grouped is said', () => {
  test('of the jobs of the tuning, whatever else a run has started', () => {
    const ran = jobs(['split', 0], ['fold-0/train-1', 2], ['tune/trial-1', 10], ['tune/trial-2', 10], ['final', 0]);
    expect(batchesInWords(folds, rule({ overhead: 1, fit: 1 }), ran)).toBe(
      "10 fits a job: of the jobs' time 9 % is reading and writing (1.00 s; a fit takes 1.00 s, its machine 0.00 s to start); all 2 slots have work",
    );
  });

  test('with the largest and the smallest', () => {
    const ran = jobs(['tune/trial-3', 2], ['tune/trial-1', 22], ['tune/trial-2', 22]);
    expect(batchesInWords(folds, rule({ overhead: 0.2, fit: 1 }), ran)).toMatch(
      /^22 to 2 fits a job, the large ones first: of the jobs' time 1 %/,
    );
    expect(batchesInWords(folds, { fixed: 1 }, jobs(['tune/trial-1', 1], ['tune/trial-2', 1]))).toBe(
      'a fit a job, as the pipeline says',
    );
  });

  test('with the slot that a round left idle, though all fits together would have filled it', () => {
    const ran = jobs(['tune/trial-round-1-1', 32], ['tune/trial-round-2-1', 8], ['tune/trial-round-3-1', 7]);
    expect(batchesInWords(folds, rule({ overhead: 1.27, fit: 0.19 }), ran)).toMatch(
      /^32 fits a job in the largest round: of the jobs' time 17 % .*; work for all 2 slots would cost more than the 20 % that was asked for$/,
    );
  });

  test('with several jobs for a search that one could not be told of', () => {
    const bundled: Asked = { method: 'bundled', tuning };
    const told = (carried: ReturnType<typeof jobs>): string => batchesInWords(bundled, { fixed: 1 }, carried);
    const several = 'several jobs for a search of scikit-learn, as one cannot be told of all its settings';
    expect(told(jobs(['tune/trial-1', 300], ['tune/trial-2', 300]))).toBe(several);
    expect(told(jobs(['tune/fold-0-1', 300], ['tune/fold-0-12', 300]))).toBe(several);
    const one = /^a job for each search/;
    expect(told(jobs(['tune/fold-0-1', 8], ['tune/fold-12-1', 8]))).toMatch(one);
    expect(told(jobs(['tune/trial-1', 300], ['tune/trial-2', 300, 'reused'], ['base-2', 5]))).toMatch(one);
  });

  test('of folds that tune on their own together, as they fill the slots together', () => {
    const ran = jobs(['tune/fold-0-1', 8], ['tune/fold-1-1', 8], ['tune/fold-12-1', 8], ['tune/winner-1', 3]);
    expect(batchesInWords(folds, rule({ fit: 1 }), ran)).toMatch(
      /^8 fits a job in the largest round: .* all 2 slots have work$/,
    );
  });

  test('where there are not enough fits for the slots', () => {
    expect(batchesInWords(folds, rule({ fit: 1 }), jobs(['tune/trial-1', 1]))).toMatch(
      /^a fit a job: .*; there are fewer fits than slots$/,
    );
  });

  test('where a search of its own decides, or nothing was left to do', () => {
    const ran = jobs(['tune/trial-1', 20]);
    const auto = rule({ fit: 1 });
    expect(batchesInWords({ ...folds, method: 'bundled' }, auto, ran)).toMatch(
      /^a job for each search of scikit-learn/,
    );
    expect(batchesInWords({ ...folds, tuning: { ...tuning, scope: 'managed' } }, auto, ran)).toMatch(/by their mean$/);
    for (const method of ['folds', 'bundled'] as const)
      expect(batchesInWords({ method, tuning }, auto, jobs(['tune/trial-1', 20, 'reused']))).toBe(
        'no job: earlier runs have made all fits',
      );
  });
});
