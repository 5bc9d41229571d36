import { describe, expect, test } from 'vitest';
import { resultText } from '../../client/format/result-text.ts';
import type { RunResult } from '../../core/run.ts';
import { perFoldReport, reportWith } from '../support/report.ts';

const textOf = (result: RunResult): string => resultText(result, 'http://localhost/run', 120);

describe('the result for people', () => {
  test('says after which round the race dropped how many settings, and what that saved', () => {
    expect(textOf(reportWith().result)).toContain(`Race                friedman saved 1 of 9 fits (11 %)
                    after round 1 (2 folds) it dropped 1 of 3 settings; fits saved: 1
Batches `);
  });

  test('says of no race that it dropped settings', () => {
    const { result } = reportWith();
    expect(textOf({ ...result, race: { rule: 'off', saved: 0, all: 9 } })).not.toMatch(/Race|dropped/);
    expect(textOf(perFoldReport().result)).not.toMatch(/Race|dropped/);
  });

  test('counts ties among the settings that were scored on all folds, as the report does', () => {
    const { result } = reportWith();
    expect(textOf(result)).toContain('1 of the 3 settings that were scored on all folds cannot be told apart');
    const alike = result.tuned.map((trial) => (trial.scores.length < 3 ? { ...trial, scores: [0.85, 0.84] } : trial));
    expect(textOf({ ...result, tuned: alike })).toContain('1 of the 3 settings');
    expect(textOf({ ...result, sample: 0.5 })).toContain('1 of the 2 settings');
  });

  test('says which setting was better than the winner, where a simpler one was selected', () => {
    const { result } = reportWith();
    expect(textOf(result)).not.toContain('Selected');
    const [simpler] = result.tuned;
    if (simpler === undefined) throw new Error('the report has tuned settings');
    expect(textOf({ ...result, winner: simpler })).toContain(
      `Best after tuning   forest 0.8500 ± 0.0100   max_depth=5 kind=sqrt
Selected            forest 0.7800 ± 0.0100   max_depth=2 kind=sqrt: simpler, and near enough to the best for the pipeline's rule
Holdout`,
    );
    expect(textOf({ ...result, winner: simpler, sample: 0.5 })).not.toContain('Selected');
  });

  test('has the three numbers of folds that tuned on their own', () => {
    const text = textOf(perFoldReport().result);
    for (const part of ['own scores 0.9110: it flatters', 'the best of them over all folds 0.8420', '0.8400, 0.8410'])
      expect(text).toContain(part);
  });
});
