import { z } from 'zod';
import { hyperparameterValue } from './setting.ts';

/** The model that an endpoint serves, as its deploy has left it in S3. */
export const champion = z.object({
  /** Workflow id of the run that made it. */
  run: z.string(),
  /** The endpoint config that serves it. */
  config: z.string(),
  modelPackage: z.string(),
  /** Its archive. */
  model: z.string(),
  setting: z.object({ algorithm: z.string(), hyperparameters: z.record(z.string(), hyperparameterValue) }),
  /** The version of the table that it was made from. */
  version: z.string(),
  /** The rows that it was trained on, and its holdout: prefixes with one table each. */
  train: z.string(),
  holdout: z.string(),
  /** Where what its endpoint is asked is captured: a prefix; none where it is not. */
  captured: z.string().optional(),
});
export type Champion = z.infer<typeof champion>;
