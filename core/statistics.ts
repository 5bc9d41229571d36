import { mean, sampleStandardDeviation } from 'simple-statistics';
import { studentCritical, studentTail } from './distributions.ts';
import { signedRank } from './signed-rank.ts';

/**
 * What the scores of a cross validation say about a mean, and about a difference of means. Scores of folds are not independent, as the
 * folds share training rows; the variance is corrected for it as in Nadeau and Bengio, Inference for the Generalization Error,
 * Machine Learning 52 (2003): (1/n + n_test/n_train) s² in place of s²/n.
 */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two settings over the same folds. */
export interface Comparison {
  /** Mean of a - b. */
  readonly difference: number;
  readonly interval: Interval;
  /** Two-sided, of the corrected resampled t-test. */
  readonly p: number;
  /** Two-sided, of Wilcoxon's signed rank test; undefined below 6 folds, where it could not be below 0.05. */
  readonly signedRankP: number | undefined;
}

const SIGNED_RANK_FOLDS = 6;

/**
 * n_test/n_train of a split, the mean over its folds: about 1/(K-1).
 *
 * @throws RangeError for a fold without training rows, or no fold.
 */
export function testToTrain(folds: readonly { readonly train_rows: number; readonly test_rows: number }[]): number {
  const ratios = folds.map((fold) => fold.test_rows / fold.train_rows);
  if (ratios.length === 0 || !ratios.every(Number.isFinite)) {
    throw new RangeError('a split needs folds, each with training rows');
  }
  return mean(ratios);
}

/**
 * The standard error of the mean, s/√n, without the correction: the one of the one-standard-error rule.
 *
 * @throws RangeError for fewer than 2 scores, or one that is not finite.
 */
export function standardError(scores: readonly number[]): number {
  requireScores(scores);
  return sampleStandardDeviation([...scores]) / Math.sqrt(scores.length);
}

/**
 * The interval that covers the expected score with probability `confidence`: mean ± t of n-1 degrees of freedom × the corrected
 * standard error.
 *
 * @param ratio n_test/n_train, see `testToTrain`
 * @throws RangeError for fewer than 2 scores, one that is not finite, or a confidence that is not between 0 and 1.
 */
export function meanInterval(scores: readonly number[], ratio: number, confidence: number): Interval {
  const error = correctedError(scores, ratio);
  const margin = studentCritical((1 - confidence) / 2, scores.length - 1) * error;
  const center = mean([...scores]);
  return { low: center - margin, high: center + margin };
}

/**
 * Compares two settings by their scores on the same folds, in the same order: the corrected resampled t-test (Nadeau and Bengio 2003),
 * and from 6 folds Wilcoxon's signed rank test.
 *
 * Where all differences are equal the t-test has no spread to measure: p is 1 where they are 0, else 0.
 *
 * @throws RangeError for other folds on one side, fewer than 2, or a score that is not finite.
 */
export function compare(a: readonly number[], b: readonly number[], ratio: number, confidence: number): Comparison {
  if (a.length !== b.length) {
    throw new RangeError(`only scores of the same folds can be compared, not of ${a.length} and ${b.length}`);
  }
  const differences = a.map((score, fold) => score - (b[fold] ?? Number.NaN));
  const interval = meanInterval(differences, ratio, confidence);
  const difference = mean(differences);
  const t = difference === 0 ? 0 : Math.abs(difference) / correctedError(differences, ratio);
  return {
    difference,
    interval,
    p: 2 * studentTail(t, differences.length - 1),
    signedRankP: differences.length < SIGNED_RANK_FOLDS ? undefined : signedRank(differences, 'two-sided'),
  };
}

/**
 * p values adjusted so that the chance of even one false finding among them is at most the level that they are held against: Holm,
 * A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6 (1979). In the order given.
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  ascending.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}

function correctedError(scores: readonly number[], ratio: number): number {
  requireScores(scores);
  return sampleStandardDeviation([...scores]) * Math.sqrt(1 / scores.length + ratio);
}

function requireScores(scores: readonly number[]): void {
  if (scores.length < 2) throw new RangeError(`a spread needs at least 2 scores, not ${scores.length}`);
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad >= 0) throw new RangeError(`the score on fold ${bad} is ${scores[bad]}, which is not finite`);
}
