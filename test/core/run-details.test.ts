import { describe, expect, test } from 'vitest';
import { withFits } from '../../core/fold-scores.ts';
import { jobLink } from '../../core/console.ts';
import { detailsOf } from '../../core/run-details.ts';
import type { RunState } from '../../core/run.ts';
import { reportWith } from '../support/report.ts';

const { input, result, fits } = reportWith();
const [first] = fits;

const STATE: RunState = {
  ...{ stage: 'folds', folds: ['done', 'running', 'waiting'], plannedJobs: 9, trials: [], best: undefined },
  ...{ begun: [], waiting: undefined, paused: undefined },
  jobs: result.jobs,
  scores: withFits({}, first === undefined ? [] : [first], 'roc_auc', 3),
};

describe('the details of a run', () => {
  test('say the stage, the cost so far and where the report will be', () => {
    const text = detailsOf(STATE, input);
    expect(text).toContain('**Stage** folds · **folds** 1 of 3 · **jobs** 5 of 9');
    // 16 s of an ml.m5.large, USD 0.115 an hour.
    expect(text).toContain('**cost so far** USD 0.0005');
    expect(text).toContain('s3://b/p/runs/2026-11-25T10-30Z-7f3a/report.html');
    expect(text).toContain('crossfold report p/2026-11-25T10-30Z-7f3a');
  });

  test('have each score as soon as it is known', () => {
    expect(detailsOf(STATE, input)).toContain('| forest | 0.8500 | … | … | … | … |');
    const all = withFits(STATE.scores, fits, 'roc_auc', 3);
    const text = detailsOf({ ...STATE, scores: all, trials: result.base, best: result.winner }, input);
    expect(text).toContain('| forest | 0.8500 | 0.8500 | 0.8500 | 0.8000 | 0.0100 |');
    expect(text).toContain('**Best** forest (winner): roc_auc 0.8500 ± 0.0100');
  });
});

test('a job has its page in the console', () => {
  const console = 'https://eu-central-1.console.aws.amazon.com/sagemaker/home?region=eu-central-1';
  expect(jobLink(console, { kind: 'training', name: 'a' })).toBe(`${console}#/jobs/a`);
  expect(jobLink(console, { kind: 'processing', name: 'b' })).toBe(`${console}#/processing-jobs/b`);
});
