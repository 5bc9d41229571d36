import type { Setting } from './setting.ts';
import type { Task } from './task.ts';

/** One setting trained and scored on one fold: the unit of work. */
export interface Fit {
  readonly setting: Setting;
  readonly fold: number;
}

/** The fits that one job carries: the unit of launch. */
export type Batch = readonly Fit[];

/** Every setting on every fold, setting by setting, as scikit-learn lays out a search. */
export function fitsOf(settings: readonly Setting[], folds: readonly number[]): Fit[] {
  return settings.flatMap((setting) => folds.map((fold) => ({ setting, fold })));
}

/** Groups fits into batches of at most `size` fits on at most `folds` different folds, in order. */
export function batchesOf(fits: readonly Fit[], size: number, folds = Infinity): Batch[] {
  if (size < 1 || folds < 1) throw new RangeError(`a batch carries at least 1 fit on 1 fold, not ${size} on ${folds}`);
  const batches: Fit[][] = [];
  let batch: Fit[] = [];
  let known = new Set<number>();
  for (const fit of fits) {
    if (batch.length >= size || (known.size >= folds && !known.has(fit.fold))) batch = [];
    if (batch.length === 0) {
      batches.push(batch);
      known = new Set();
    }
    batch.push(fit);
    known.add(fit.fold);
  }
  return batches;
}

/** Groups fits into batches of these sizes, in order. */
export function cut(fits: readonly Fit[], sizes: readonly number[]): Batch[] {
  let from = 0;
  return sizes.map((size) => fits.slice(from, (from += size)));
}

/**
 * Deals fits out to batches of these sizes, as cards are: where settings of some algorithm take longer, every batch gets its part of them, as large as
 * the batch is. Within a batch the fits are fold by fold.
 *
 * @param sizes their sum is the number of fits
 */
export function dealt(fits: readonly Fit[], sizes: readonly number[]): Batch[] {
  const turns = sizes
    .flatMap((size, batch) => Array.from({ length: size }, (_, turn) => ({ batch, at: (turn + 0.5) / size })))
    .sort((a, b) => a.at - b.at || a.batch - b.batch);
  return sizes.map((_, batch) =>
    fits.filter((_fit, index) => turns[index]?.batch === batch).sort((a, b) => a.fold - b.fold),
  );
}

/** The folds that a batch needs, ascending. */
export function foldsOf(batch: Batch): number[] {
  return [...new Set(batch.map((fit) => fit.fold))].sort((a, b) => a - b);
}

/** The most characters of one hyperparameter's value (SageMaker's service model). */
export const VALUE_LIMIT = 2500;

/** What makes the one setting of a batch a trial of a tuning job. */
export interface BatchSearch {
  /** The metric whose mean over the folds scored so far the job prints after each fold. */
  readonly objective: string;
  /** The hyperparameters that the tuning job gives the job as text, by the type of their ranges. */
  readonly types: Readonly<Record<string, 'continuous' | 'integer' | 'categorical'>>;
}

/** A batch as JSON, as the jobs read it. With no fit but one setting it asks for the final fit. */
export function batchText(
  batch: Batch,
  settings: readonly Setting[],
  metrics: readonly string[],
  seed: number,
  task: Task,
  search?: BatchSearch,
): string {
  return JSON.stringify({
    metrics,
    seed,
    task,
    ...(search !== undefined && { search }),
    settings: Object.fromEntries(
      settings.map(({ id, algorithm, hyperparameters }) => [id, { algorithm, hyperparameters }]),
    ),
    fits: batch.map(({ setting, fold }) => ({ setting: setting.id, fold })),
  });
}

/** A batch as a training job's hyperparameters: its JSON cut into `batch_0`, `batch_1`, … of at most 2,500 characters. */
export function batchHyperparameters(...batch: Parameters<typeof batchText>): Record<string, string> {
  const pieces = piecesOf(batchText(...batch), VALUE_LIMIT);
  return Object.fromEntries(pieces.map((piece, index) => [`batch_${index}`, piece]));
}

/** A text in pieces of at most `size` characters. */
export function piecesOf(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
}

/** The settings that a batch names, each once. */
export function settingsOf(batch: readonly Fit[]): Setting[] {
  return [...new Map(batch.map(({ setting }) => [setting.id, setting])).values()];
}
