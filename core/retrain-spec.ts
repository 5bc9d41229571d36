import { z } from 'zod';

/** `retrain` of the pipeline file: when a schedule trains a challenger, and when that takes the champion's place. */
export const retrain = z
  .strictObject({
    when: z
      .enum(['drift', 'new-data'])
      .default('drift')
      .describe('drift: new rows that are unlike the training rows; new-data: any new rows.'),
    psi: z.number().gt(0).default(0.2).describe('Drift: the population stability index of a feature is above it.'),
    ks: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.001)
      .describe("Drift: the Kolmogorov-Smirnov test of a numeric feature has p below it, by Holm's correction."),
    classifier: z
      .number()
      .min(0.5)
      .lt(1)
      .default(0.6)
      .describe('Drift: a classifier tells new rows from training rows with a ROC AUC above it, and p is below 0.01.'),
    margin: z
      .number()
      .min(0)
      .default(0)
      .describe('A challenger wins only where it is better by more than this, in the objective.'),
    tie: z
      .enum(['keep', 'deploy'])
      .default('keep')
      .describe('What happens where neither is better: the champion is kept, or the challenger is deployed.'),
  })
  .prefault({});
export type RetrainRules = z.infer<typeof retrain>;
