import { z } from 'zod';
import type { RunInput, Subset } from './run.ts';
import { TASK_DEFAULTS, type Task } from './task.ts';

/** How rows are divided into training, test and holdout; the first two take any rows, the others follow a column. */
const SCHEMES = ['plain', 'stratified', 'group', 'stratified-group', 'time', 'leave-one-group-out', 'column'] as const;
type Scheme = (typeof SCHEMES)[number];

/** The most folds that a run carries: each is preprocessed in a job of its own. */
const FOLD_LIMIT = 500;

/** The pipeline file's `split`. The columns that it may need are named in preprocessing.py. */
export const split = z
  .strictObject({
    holdout: z.number().gt(0).lt(1).default(0.2).describe('Share of the rows that are kept for the one final score.'),
    scheme: z
      .enum(SCHEMES)
      .optional()
      .describe('How the rows are divided; default: stratified, for a regression plain.'),
    folds: z.int().min(2).max(100).default(5).describe('K, the number of folds, where the scheme does not give it.'),
    repeats: z
      .int()
      .min(1)
      .max(50)
      .default(1)
      .describe('Repeat the K folds with other divisions; for plain and stratified.'),
    window: z
      .enum(['expanding', 'sliding'])
      .default('expanding')
      .describe('Scheme time: train on all earlier rows, or on equally many in each fold.'),
    gap: z.int().min(0).default(0).describe('Scheme time: rows left out between training and test rows.'),
    seed: z.int().min(0).max(4_294_967_295).default(42),
  })
  .prefault({});

/** The pipeline file's `split`, with its defaults. */
export interface SplitOptions extends z.infer<typeof split> {
  readonly scheme: Scheme;
}

/** The split with the scheme that the task has where the file names none. */
export function withScheme(value: z.infer<typeof split>, task: Task): SplitOptions {
  return { ...value, scheme: value.scheme ?? TASK_DEFAULTS[task].scheme };
}

/** Names what does not go together in a split: field, what was found and what is allowed. */
export function splitConflicts(
  { scheme, folds, repeats, window, gap }: SplitOptions,
  task: Task,
): { field: keyof SplitOptions; message: string }[] {
  const conflicts: { field: keyof SplitOptions; message: string }[] = [];
  const refuse = (field: keyof SplitOptions, found: string, allowed: string): void => {
    conflicts.push({ field, message: `found ${found}; allowed: ${allowed}` });
  };
  if (task === 'regression' && (scheme === 'stratified' || scheme === 'stratified-group')) {
    const others = SCHEMES.filter((each) => each !== 'stratified' && each !== 'stratified-group');
    refuse('scheme', `${scheme} with task regression, which has no classes`, others.join(', '));
  }
  if (repeats > 1 && scheme !== 'plain' && scheme !== 'stratified') {
    refuse('repeats', `${repeats} with scheme ${scheme}`, '1; repeats go with the schemes plain and stratified');
  }
  if (folds * repeats > FOLD_LIMIT) {
    refuse('repeats', `${repeats} times ${folds} folds`, `at most ${FOLD_LIMIT} folds in all`);
  }
  if (scheme !== 'time' && window === 'sliding') {
    refuse('window', `sliding with scheme ${scheme}`, 'expanding; windows go with scheme time');
  }
  if (scheme !== 'time' && gap > 0) refuse('gap', `${gap} with scheme ${scheme}`, '0; a gap goes with scheme time');
  return conflicts;
}

/** The split as the arguments of its job. */
export function splitArguments({ scheme, folds, repeats, window, gap, holdout, seed }: SplitOptions): string[] {
  return [
    ...['--scheme', scheme, '--folds', String(folds), '--repeats', String(repeats)],
    ...['--window', window, '--gap', String(gap), '--holdout', String(holdout), '--seed', String(seed)],
  ];
}

/** The part of the training rows that is split, as the arguments of the job. */
export function subsetArguments({ within, sample }: Subset = {}): string[] {
  return [
    ...(within === undefined ? [] : ['--within', String(within)]),
    ...(sample === undefined ? [] : ['--sample', String(sample)]),
  ];
}

/** What later steps of the run split, as the arguments of the job that splits all rows: it refuses at once what they could not. */
export function laterArguments({ pipeline, subset }: Pick<RunInput, 'pipeline' | 'subset'>): string[] {
  if (subset !== undefined) return [];
  const { estimate, tuning } = pipeline;
  return [
    ...(estimate === 'nested' ? ['--estimate', estimate] : []),
    ...(tuning?.sample === undefined ? [] : ['--tuning-sample', String(tuning.sample)]),
  ];
}

/** The number of folds as far as it is known before the split: a scheme may make one for each group in the data. */
export function foldsBefore({ folds, repeats }: SplitOptions): number {
  return folds * repeats;
}
