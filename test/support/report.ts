import type { Bias, Curves } from '../../core/report/curves.ts';
import type { Report } from '../../core/report/report.ts';
import { pipeline } from '../../core/pipeline.ts';
import type { FitResult } from '../../core/results.ts';
import type { JobRecord, RunResult } from '../../core/run.ts';
import type { Trial } from '../../core/scores.ts';

/** The names in a report that come from data. */
export interface Names {
  readonly algorithm: string;
  readonly classes: readonly string[];
  readonly feature: string;
  readonly hyperparameter: string;
  readonly value: string;
}

export const PLAIN: Names = {
  ...{ algorithm: 'forest', classes: ['no', 'yes'], feature: 'age' },
  ...{ hyperparameter: 'max_depth', value: 'sqrt' },
};

const FOLDS = 3;
const hash = (digit: number): string => `sha256:${String(digit).repeat(64)}`;

/** A report of a run that never was, whose names are these. */
export function reportWith(names: Names = PLAIN): Report {
  const trial = (id: string, mean: number, depth: number): Trial => ({
    setting: { id, algorithm: names.algorithm, hyperparameters: { [names.hyperparameter]: depth, kind: names.value } },
    scores: [mean - 0.01, mean, mean + 0.01],
    mean,
    sd: 0.01,
    metrics: { roc_auc: mean },
  });
  const base = [trial('base-forest', 0.8, 3)];
  const tuned = [trial('t1', 0.78, 2), trial('t2', 0.85, 5), { ...trial('t3', 0.6, 9), scores: [0.6, 0.61] }];
  const winner = { ...trial('winner', 0.85, 5) };
  const job = (step: string, created: number, fits = 0): JobRecord => ({
    ...{ name: `p-${step}`, kind: 'training', step, created, startup: 1, seconds: 4, working: 2 },
    ...{ output: 's3://b/p/jobs/', fits, reused: false },
  });
  const result: RunResult = {
    ...{ pipeline: 'p', run: '2026-11-25T10-30Z-7f3a', objective: { metric: 'roc_auc', goal: 'maximize' } },
    rows: { all: 100, holdout: 20 },
    folds: [0, 1, 2].map((fold) => ({ train_rows: 54, test_rows: 26, train_hash: hash(fold) })),
    ...{ classes: names.classes, base, before: trial('base-forest', 0.8, 3), tuned, winner },
    ...{ race: { rule: 'friedman', saved: 1, all: 9 }, batch: '2 fits a job', confidence: 0.95, sample: null },
    ...{
      perFold: undefined,
      managed: undefined,
      challenge: undefined,
      approval: undefined,
      nested: undefined,
      holdout: { rows: 20, metrics: { roc_auc: 0.84 } },
    },
    ...{ modelPackage: 'arn:aws:sagemaker:model-package/p/1', deployment: undefined },
    jobs: [
      job('split', 1000),
      job('fold-0/preprocess', 1006),
      job('fold-1/preprocess', 1006.5),
      job('fold-0/train', 1012, 1),
      { ...job('tune/trial-round-1-1', 0, 2), created: null, startup: 0, seconds: 0, working: 0, reused: true },
    ],
    files: { root: 's3://b/p/', folds: 's3://b/f', result: 's3://b/r', report: 's3://b/h', model: 's3://b/m' },
  };
  const fits = Array.from({ length: FOLDS }, (_, fold) => fitOn(fold, names));
  return {
    input: {
      pipeline: pipeline.parse({
        ...{
          pipeline: 'p',
          data: { file: 'd.csv' },
          algorithms: { forest: { ranges: RANGES } },
          tuning: { trials: 3 },
        },
      }),
      ...{
        run: result.run,
        prefix: 's3://b',
        data: { uri: 's3://b/d.csv', version: 'v1' },
        image: 'image',
        console: null,
        role: 'role',
      },
      code: { uri: 's3://b/code/', common: 'c0', metrics: 'm0', algorithms: { forest: 'f0' } },
      ...{ reuse: true, slots: 2, patience: { heartbeat: 1, endpoint: 1, stop: 1 } },
    },
    ...{ result, fits, outOfFold: [0, 1, 2].map(() => curves(names)), holdout: curves(names) },
    bias: biasOf(names),
    importance: { left_out: null, features: [{ feature: names.feature, mean: 0.2, sd: 0.01 }] },
  };
}

/** A report of a run whose folds tuned on their own. */
export function perFoldReport(names: Names = PLAIN): Report {
  const report = reportWith(names);
  const { base, winner } = report.result;
  const ids = [0, 1, 2].map((fold) => `fold-${fold}-winner`);
  const tuned = ids.map((id, fold) => ({
    ...winner,
    ...{ setting: { ...winner.setting, id }, mean: 0.84 + fold / 1000, sd: 0.012 },
  }));
  const winners = tuned.map(({ setting }, fold) => ({
    fold,
    setting: { ...setting, id: 't2' },
    score: 0.91 + fold / 1000,
  }));
  const result: RunResult = {
    ...{ ...report.result, base, tuned, race: { rule: 'off', saved: 0, all: 9 } },
    perFold: { winners, optimistic: 0.911, best: tuned[2], each: tuned },
  };
  return { ...report, result };
}

function biasOf({ feature, classes }: Names): Bias {
  const rates = { rows: 40, said: 0.4, low: 0.26, high: 0.55, true: 0.5, true_positive: 0.8, false_positive: null };
  const groups = [
    { ...rates, group: `${feature} a` },
    { ...rates, group: `${feature} b`, said: 0.2, low: null, high: null },
  ];
  const errors = groups.map(({ group, rows }) => ({ group, rows, mean: -0.5, size: 2 }));
  return {
    columns: [
      classes.length === 0
        ? { column: feature, classes: [], errors }
        : { column: feature, classes: [{ class: classes.length - 1, groups }], errors: [] },
    ],
  };
}

const RANGES = { max_depth: { type: 'integer', min: 1, max: 9 } };

function fitOn(fold: number, { algorithm }: Names): FitResult {
  return {
    ...{ setting: 'winner', algorithm, hyperparameters: {}, fold, metrics: { roc_auc: 0.85 } },
    ...{ fitted_hash: hash(fold), test_hash: hash(fold + 5), fit_seconds: 1, score_seconds: 0 },
  };
}

function curves({ classes }: Names): Curves {
  const points: [number, number][] = [[0, 0], [0.1, 0.7], [1, 1]]; // prettier-ignore
  const calibration = [
    { bin: 1, weight: 10, predicted: 0.15, observed: 0.1 },
    { bin: 8, weight: 10, predicted: 0.85, observed: 0.9 },
  ];
  if (classes.length === 0) return { classes: [], pairs: points };
  const shown = classes.length === 2 ? [1] : classes.map((_, index) => index);
  return {
    classes: shown.map((index) => ({ class: index, share: 0.4, roc: points, precision_recall: points, calibration })),
    pairs: [],
  };
}
