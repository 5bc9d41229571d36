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

const evaluation = z.object({ rows: z.int(), metrics: z.record(z.string(), z.number()), holdout_hash: hash });

/** The schemas by the name of the result. */
export const resultSchemas = { split, fold, fits, evaluation, none: z.object({}) };

export type ResultName = keyof typeof resultSchemas;
export type Result<N extends ResultName> = z.infer<(typeof resultSchemas)[N]>;
export type SplitResult = Result<'split'>;
export type FoldResult = Result<'fold'>;

/** Raw rows and what the offline model says of each: the probability of each class, or one number. */
export const smokeRows = z.object({
  csv: z.string(),
  json: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  expected: z.array(z.array(z.number())),
});
