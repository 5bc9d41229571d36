import { mean, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { comparisonRows, type MethodRun } from '../../core/comparison.ts';
import type { Method } from '../../core/methods.ts';
import { costOf, priceOf } from '../../core/prices.ts';
import { recommendation } from '../../core/recommendation.ts';
import type { FitResult } from '../../core/results.ts';
import type { JobRecord } from '../../core/run.ts';
import type { Trial } from '../../core/scores.ts';
import { meanInterval } from '../../core/statistics.ts';

const SCORES = [0.8, 0.85, 0.9];
const HASH = `sha256:${'0'.repeat(64)}`;
const FOLD = { train_rows: 200, test_rows: 100, train_hash: '' };
const SETTING = { id: 'base-a', algorithm: 'a', hyperparameters: { depth: 3 } };
const TRIAL: Trial = {
  setting: SETTING,
  scores: SCORES,
  mean: mean(SCORES),
  sd: sampleStandardDeviation(SCORES),
  metrics: {},
};

function fit(fold: number, auc: number, depth = 3, id = 'base-a'): FitResult {
  return {
    ...{ setting: id, algorithm: 'a', hyperparameters: { depth }, fold, metrics: { auc, accuracy: 0.5 } },
    ...{ fitted_hash: HASH, test_hash: HASH, fit_seconds: 1, score_seconds: 0 },
  };
}

function job(step: string, startup: number, seconds: number, reused = false): JobRecord {
  return {
    name: step,
    kind: 'training',
    step,
    created: null,
    startup,
    seconds,
    working: 0,
    output: '',
    fits: 1,
    reused,
  };
}

const FITS = SCORES.map((score, fold) => fit(fold, score));

function run(method: Method, jobs: readonly JobRecord[], fits: readonly FitResult[] = FITS): MethodRun {
  return {
    method,
    fits,
    wall: 20,
    bytes: 1000,
    result: {
      ...{
        pipeline: 'p',
        run: method,
        objective: { metric: 'auc', goal: 'maximize' },
        rows: { all: 375, holdout: 75 },
      },
      ...{ folds: [FOLD, FOLD, FOLD], classes: [], base: [TRIAL], before: TRIAL, tuned: [], winner: TRIAL },
      ...{
        sample: null,
        perFold: undefined,
        managed: undefined,
        nested: undefined,
        race: { rule: 'off', saved: 0, all: 0 },
        batch: '',
        confidence: 0.9,
        holdout: { rows: 75, metrics: {} },
      },
      ...{
        challenge: undefined,
        approval: undefined,
        modelPackage: '',
        deployment: undefined,
        jobs,
        files: { root: '', folds: '', result: '', report: '', model: '' },
      },
    },
  };
}

/** One long job. */
const BUNDLED = [job('split', 1, 2), job('base-1', 3, 12), job('final', 1, 2)];
/** The same work in two jobs, with more beside it. */
const INDICES = [job('split', 1, 2), job('base-1', 3, 8), job('base-2', 3, 8), job('final', 1, 2)];

describe('a row', () => {
  const [bundled, indices] = comparisonRows([run('bundled', BUNDLED), run('indices', INDICES)], 2, 0.36);

  test('sums what the jobs took, and prices what is billed', () => {
    expect(bundled).toMatchObject({ method: 'bundled', run: 'p/bundled', jobs: 3, instanceSeconds: 16, bytes: 1000 });
    expect(bundled).toMatchObject({ startupSeconds: 5, wall: 20, fits: 3 });
    expect(bundled?.cost).toBeCloseTo(0.0016, 12);
    expect(indices).toMatchObject({ jobs: 4, instanceSeconds: 20, startupSeconds: 8 });
  });

  test('has the winner with the interval of its mean', () => {
    const { low, high } = meanInterval(SCORES, 0.5, 0.9);
    expect(bundled?.winner).toMatchObject({ setting: SETTING, mean: TRIAL.mean });
    expect(bundled?.winner.margin).toBeCloseTo((high - low) / 2, 12);
    expect(bundled?.winner.margin).toBeGreaterThan(0.01);
  });

  test('estimates the jobs on the slots at other start-up times; the cost stays, as start-up is not billed', () => {
    const cost = bundled?.cost;
    expect(bundled?.estimates).toEqual([
      { startup: 'measured', wall: 3 + 15 + 3, cost },
      { startup: 0, wall: 2 + 12 + 2, cost },
      { startup: 30, wall: 32 + 42 + 32, cost },
      { startup: 180, wall: 182 + 192 + 182, cost },
    ]);
    expect(indices?.estimates.map(({ wall }) => wall)).toEqual([17, 12, 102, 552]);
    const [onOneSlot] = comparisonRows([run('indices', INDICES)], 1, 1);
    expect(onOneSlot?.estimates[1]?.wall).toBe(20);
  });

  test('estimates folds that tune on their own, and outer folds, side by side', () => {
    const wall = (...steps: string[]): number | undefined =>
      comparisonRows(
        [
          run(
            'folds',
            steps.map((step) => job(step, 0, 10)),
          ),
        ],
        8,
        1,
      )[0]?.estimates[1]?.wall;
    const own = [0, 1, 2, 3].flatMap((fold) => [`tune/fold-${fold}-1`, `tune/fold-${fold}-2`]);
    expect(wall(...own)).toBe(10);
    expect(wall(...[0, 1, 2].flatMap((outer) => [`outer-${outer}/base-1`, `outer-${outer}/tune/trial-1`]))).toBe(20);
  });

  test('estimates training jobs of a tuning job so many at a time', () => {
    const trials = [1, 2, 3, 4].map((trial) => job(`tune/a/trial-${trial}`, 0, 10));
    const search = { ...job('tune/a', 0, 0), kind: 'tuning' as const };
    const wall = (trainings?: number): number | undefined =>
      comparisonRows([run('folds', [...trials, search])], 4, 1, trainings)[0]?.estimates[1]?.wall;
    expect([wall(), wall(2), wall(1)]).toEqual([10, 20, 40]);
  });

  test('counts no job of an earlier run', () => {
    const [row] = comparisonRows([run('folds', [...BUNDLED, job('confirm-1', 9, 9, true)])], 2, undefined);
    expect(row).toMatchObject({ jobs: 3, instanceSeconds: 16, startupSeconds: 5, cost: undefined });
  });
});

describe('the scores against the first method', () => {
  const against = (...fits: FitResult[]): object | undefined =>
    comparisonRows([run('bundled', BUNDLED), run('folds', BUNDLED, fits)], 2, 1)[1]?.scores;

  test('are equal up to 1e-9, whatever the order and the names of the fits', () => {
    const scores = against(...[...FITS].reverse().map((each) => ({ ...each, setting: 'trial-7' })));
    expect(scores).toEqual({ compared: 3, largest: 0, equal: true });
    expect(against(fit(0, 0.8 + 9e-10))).toMatchObject({ compared: 1, equal: true });
    expect(against(fit(0, 0.8 + 2e-9), ...FITS.slice(1))).toMatchObject({ compared: 3, equal: false });
  });

  test('are those of every metric', () => {
    const other = { ...fit(1, 0.85), metrics: { auc: 0.85, accuracy: 0.25 } };
    expect(against(fit(0, 0.8), other)).toEqual({ compared: 2, largest: 0.25, equal: false });
  });

  test('are different where a metric is missing, and where no fit is the same', () => {
    expect(against({ ...fit(0, 0.8), metrics: { auc: 0.8, recall: 1 } })).toMatchObject({ equal: false });
    expect(against(fit(0, 0.8, 4))).toEqual({ compared: 0, largest: 0, equal: false });
  });
});

describe('the recommendation', () => {
  const recommend = (...runs: MethodRun[]): string => recommendation(comparisonRows(runs, 2, undefined));

  test('names the method that is fastest and cheapest', () => {
    const slow = BUNDLED.map((each) => ({ ...each, seconds: 2 * each.seconds }));
    expect(recommend(run('folds', slow), run('bundled', BUNDLED))).toBe(
      'Take bundled: it is the fastest at every start-up time, and the cheapest.',
    );
  });

  test('weighs time against money', () => {
    expect(recommend(run('bundled', BUNDLED), run('indices', INDICES))).toBe(
      'Take indices where time counts, as it is the fastest at every start-up time; ' +
        'take bundled where money counts, as 20.0 % less is billed.',
    );
  });

  test('tells from which start-up time on another is the fastest', () => {
    const rounds = [...INDICES, job('tune/trial-1', 1, 0)];
    expect(recommend(run('bundled', BUNDLED), run('indices', rounds))).toBe(
      'Take indices where a job takes 0 s to start, and bundled where a job takes 30 or 180 s to start, ' +
        'as each is the fastest there; bundled is the cheapest.',
    );
  });

  test('is to look at the scores first where they differ', () => {
    const other = run('indices', INDICES, [fit(0, 0.7)]);
    expect(recommend(run('bundled', BUNDLED), other)).toMatch(/^The scores of indices differ .* by up to 0.1[0]?: /);
    expect(recommend(run('bundled', BUNDLED), run('indices', INDICES, []))).toMatch(/^indices has no fit in common/);
  });
});

describe('the price', () => {
  test('is the pipeline’s own, else the one that is known of the instance, else none', () => {
    expect(priceOf({ instance: 'ml.m5.large', price: 0.2 })).toBe(0.2);
    expect(priceOf({ instance: 'ml.m5.large' })).toBe(0.115);
    expect(priceOf({ instance: 'ml.p4d.24xlarge' })).toBeUndefined();
  });

  test('is of an hour', () => {
    expect(costOf(1800, 0.5)).toBe(0.25);
    expect(costOf(1800, undefined)).toBeUndefined();
  });
});
