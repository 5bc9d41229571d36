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

/** The folds that a batch needs, ascending. */
export function foldsOf(batch: Batch): number[] {
  return [...new Set(batch.map((fit) => fit.fold))].sort((a, b) => a - b);
}

/** The most characters of one hyperparameter's value (SageMaker's service model). */
const VALUE_LIMIT = 2500;

/**
 * A batch as a training job's hyperparameters: its JSON cut into `batch_0`, `batch_1`, … of at most 2,500 characters.
 * A batch with no fit but one setting asks for the final fit.
 */
export function batchHyperparameters(
  batch: Batch,
  settings: readonly Setting[],
  metrics: readonly string[],
  seed: number,
  task: Task,
): Record<string, string> {
  const text = JSON.stringify({
    metrics,
    seed,
    task,
    settings: Object.fromEntries(
      settings.map(({ id, algorithm, hyperparameters }) => [id, { algorithm, hyperparameters }]),
    ),
    fits: batch.map(({ setting, fold }) => ({ setting: setting.id, fold })),
  });
  const pieces: Record<string, string> = {};
  for (let start = 0; start < text.length; start += VALUE_LIMIT) {
    pieces[`batch_${start / VALUE_LIMIT}`] = text.slice(start, start + VALUE_LIMIT);
  }
  return pieces;
}

/** The settings that a batch names, each once. */
export function settingsOf(batch: readonly Fit[]): Setting[] {
  return [...new Map(batch.map(({ setting }) => [setting.id, setting])).values()];
}
