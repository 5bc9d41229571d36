import { CrossfoldError } from './errors.ts';
import type { FitResult, FoldResult, SplitResult } from './results.ts';

const AGAIN = 'Run the pipeline again, with --no-reuse';

/** The rows of one fold, as the split made them. */
export type SplitFold = SplitResult['folds'][number];

/**
 * Refuses a fold whose preprocessing was not fitted on exactly the fold's training rows.
 *
 * @throws CrossfoldError EvidenceMismatch, naming the fold.
 */
export function requireFittedOn(fold: SplitFold, evidence: FoldResult): void {
  if (evidence.fitted_hash !== fold.train_hash) {
    throw new CrossfoldError(
      'EvidenceMismatch',
      `fold ${fold.fold}: preprocessing was fitted on ${evidence.fitted_rows} rows that are not the fold's ` +
        `${fold.train_rows} training rows (${evidence.fitted_hash} against ${fold.train_hash}); its scores would not be ` +
        `honest. ${AGAIN}; if this repeats, something changes the files of the run in S3.`,
    );
  }
  if (evidence.test_hash !== fold.test_hash) {
    throw new CrossfoldError(
      'EvidenceMismatch',
      `fold ${fold.fold}: the stored test rows are not the fold's test rows ` +
        `(${evidence.test_hash} against ${fold.test_hash}). ${AGAIN}.`,
    );
  }
}

/**
 * Refuses a fit that was trained or scored on other rows than its fold's.
 *
 * @throws CrossfoldError EvidenceMismatch, naming setting and fold.
 */
export function requireScoredOn(folds: readonly SplitFold[], fits: readonly FitResult[]): void {
  for (const fit of fits) {
    if (!isScoredOn(folds, fit)) {
      throw new CrossfoldError(
        'EvidenceMismatch',
        `fold ${fit.fold}: ${fit.setting} was not trained and scored on the rows of its fold; its score is refused. ` +
          `${AGAIN}; if this repeats, something changes the files of the run in S3.`,
      );
    }
  }
}

/** Whether a fit was trained and scored on the rows of its fold. */
export function isScoredOn(folds: readonly SplitFold[], fit: FitResult): boolean {
  const fold = folds.find((each) => each.fold === fit.fold);
  return fold !== undefined && fit.fitted_hash === fold.train_hash && fit.test_hash === fold.test_hash;
}
