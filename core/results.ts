import { z } from 'zod';
import { hyperparameterValue } from './setting.ts';

/** What jobs write into their `result.json`, one schema a step: small numbers and hashes, never tables. */

const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const goal = z.enum(['maximize', 'minimize']);
export type Goal = z.infer<typeof goal>;

const splitFold = z.object({
  fold: z.int(),
  train_rows: z.int(),
  test_rows: z.int(),
  train_hash: hash,
  test_hash: hash,
});

const split = z.object({
  rows: z.int(),
  holdout_rows: z.int(),
  target: z.string(),
  /** Empty for a regression. */
  classes: z.array(z.string()),
  goals: z.record(z.string(), goal),
  folds: z.array(splitFold),
  train_hash: hash,
});

const fold = z.object({
  fold: z.int(),
  fitted_rows: z.int(),
  fitted_hash: hash,
  test_rows: z.int(),
  test_hash: hash,
});

const fit = z.object({
  setting: z.string(),
  algorithm: z.string(),
  hyperparameters: z.record(z.string(), hyperparameterValue),
  fold: z.int(),
  metrics: z.record(z.string(), z.number()),
  fitted_hash: hash,
  test_hash: hash,
  fit_seconds: z.number(),
  score_seconds: z.number(),
});
export type FitResult = z.infer<typeof fit>;

const fits = z.object({ fits: z.array(fit), working_seconds: z.number().default(0) });

/** A training job of a tuning job: the fits of one setting, as far as it came. */
const training = z.object({
  job: z.string(),
  status: z.enum(['Completed', 'Failed', 'Stopped']),
  /** Why it failed; null where it did not. */
  reason: z.string().nullable(),
  /** The values that the search gave it, as text. */
  searched: z.record(z.string(), z.string()),
  /** When it was created, seconds since 1970. */
  created: z.number().nullable(),
  startup: z.number(),
  seconds: z.number(),
  working_seconds: z.number(),
  fits: z.array(fit),
});
export type TunedTraining = z.infer<typeof training>;

const tuning = z.object({ trainings: z.array(training) });

const evaluation = z.object({ rows: z.int(), metrics: z.record(z.string(), z.number()), holdout_hash: hash });

/** Test rows with the features of a training row: how many in each fold, and the first pairs of row numbers (test, training). */
const twins = z.object({ counts: z.array(z.int()), first: z.array(z.tuple([z.int(), z.int()])) });

/** What the leak check finds; every array that is not of `first` or `features` has one entry a fold. */
const leakage = z.object({
  /** The objective, with preprocessing fitted on the training rows (honest) and on all rows (leaky). */
  scores: z.array(z.object({ setting: z.string(), honest: z.array(z.number()), leaky: z.array(z.number()) })),
  /** Of the honest preprocessing. */
  evidence: z.array(fold),
  /** Features after preprocessing. */
  widths: z.array(z.int()),
  duplicates: z.object({ same: twins, other: twins }),
  /** Groups with rows on both sides; null without GROUP. */
  groups: z.object({ counts: z.array(z.int()), first: z.array(z.string()) }).nullable(),
  /** The share of the test rows that are earlier than the latest training row; null without TIME. */
  times: z.array(z.number()).nullable(),
  /** How well each feature alone predicts the target: ROC AUC, for a regression R². */
  features: z.array(z.object({ feature: z.string(), score: z.number() })),
});

/** What a sampler suggests. */
const settings = z.object({
  settings: z.array(z.object({ algorithm: z.string(), hyperparameters: z.record(z.string(), hyperparameterValue) })),
});

/** How far rows are from the training rows; of no feature where there is no row. */
const distance = z.object({
  /** `ks` is the p value of a numeric feature. */
  features: z.array(z.object({ feature: z.string(), psi: z.number(), ks: z.number().nullable() })),
  /** Null where there are too few rows. */
  classifier: z.object({ auc: z.number(), p: z.number() }).nullable(),
});
export type Distance = z.infer<typeof distance>;

/** What the drift job finds of the new rows, and of those that the endpoint was sent where it captures them. */
const drift = distance.extend({
  snapshot_rows: z.int(),
  new_rows: z.int(),
  traffic: distance.extend({ rows: z.int(), unread: z.int() }).optional(),
});

/** What the challenge job finds: the objective of both models, and the interval of the challenger's less the champion's. */
const challenge = z.object({
  rows: z.int(),
  champion: z.number(),
  challenger: z.number(),
  low: z.number(),
  high: z.number(),
  p_better: z.number(),
  p_worse: z.number(),
});

/** The schemas by the name of the result. */
export const resultSchemas = {
  ...{ split, fold, fits, tuning, evaluation, leakage, settings, drift, challenge },
  none: z.object({}),
};

export type ResultName = keyof typeof resultSchemas;
export type Result<N extends ResultName> = z.infer<(typeof resultSchemas)[N]>;
export type SplitResult = Result<'split'>;
export type FoldResult = Result<'fold'>;
export type LeakageResult = Result<'leakage'>;

/** Raw rows and what the offline model says of each: the probability of each class, or one number. */
export const smokeRows = z.object({
  csv: z.string(),
  json: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  expected: z.array(z.array(z.number())),
});
