import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { Setting } from './setting.ts';

/** What the search within one outer fold chose, and how it did on rows that no choice has seen. */
export interface OuterFold {
  readonly fold: number;
  readonly setting: Setting;
  /** The mean over the inner folds, by which the setting was chosen. */
  readonly inner: number;
  /** The score on the outer fold's test rows. */
  readonly score: number;
}

/** Nested cross validation: the score that this way of searching is to be expected to reach. */
export interface Nested {
  readonly folds: readonly OuterFold[];
  readonly mean: number;
  /** Standard deviation of the sample (n - 1). */
  readonly sd: number;
}

/**
 * Gathers the outer folds.
 *
 * Varma and Simon, Bias in error estimation when using cross-validation for model selection, BMC Bioinformatics 7 (2006).
 */
export function nestedOf(folds: readonly OuterFold[]): Nested {
  const scores = folds.map(({ score }) => score);
  return { folds, mean: mean(scores), sd: sampleStandardDeviation(scores) };
}
