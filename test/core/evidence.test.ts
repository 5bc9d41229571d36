import { describe, expect, test } from 'vitest';
import { CrossfoldError } from '../../core/errors.ts';
import { requireFittedOn, requireScoredOn } from '../../core/evidence.ts';

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;
const FOLD = { fold: 3, train_rows: 80, test_rows: 20, train_hash: hash('a'), test_hash: hash('b') };
const EVIDENCE = { fold: 3, fitted_rows: 80, fitted_hash: hash('a'), test_rows: 20, test_hash: hash('b') };
const FIT = {
  ...{ setting: 'base-xgboost', algorithm: 'xgboost', hyperparameters: {}, fold: 3, metrics: {} },
  ...{ fitted_hash: hash('a'), test_hash: hash('b'), fit_seconds: 0, score_seconds: 0 },
};

function refusal(act: () => void): CrossfoldError {
  try {
    act();
  } catch (error) {
    if (error instanceof CrossfoldError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('evidence', () => {
  test('of the very rows is taken', () => {
    requireFittedOn(FOLD, EVIDENCE);
    requireScoredOn([FOLD], [FIT]);
  });

  test.each([
    ['other training rows', { ...EVIDENCE, fitted_hash: hash('c') }],
    ['other test rows', { ...EVIDENCE, test_hash: hash('c') }],
  ])('of %s is refused, naming the fold', (_, evidence) => {
    const error = refusal(() => requireFittedOn(FOLD, evidence));
    expect(error.code).toBe('EvidenceMismatch');
    expect(error.message).toContain('fold 3');
  });

  test.each([
    ['trained on other rows', { ...FIT, fitted_hash: hash('c') }],
    ['scored on other rows', { ...FIT, test_hash: hash('c') }],
    ['on a fold that the split does not have', { ...FIT, fold: 9 }],
  ])('of a fit %s is refused', (_, fit) => {
    expect(refusal(() => requireScoredOn([FOLD], [fit])).code).toBe('EvidenceMismatch');
  });
});
