import { z } from 'zod';

/** What a pipeline predicts: one of some classes, or a number. */
export const task = z.enum(['classification', 'regression']);
export type Task = z.infer<typeof task>;

/** What a pipeline file means where it does not say it, by task. */
export const TASK_DEFAULTS = {
  classification: { objective: 'roc_auc', metrics: ['roc_auc', 'accuracy', 'log_loss'], scheme: 'stratified' },
  regression: { objective: 'rmse', metrics: ['rmse', 'mae', 'r2'], scheme: 'plain' },
} as const;
