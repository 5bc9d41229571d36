import { expect, test } from 'vitest';
import { progressLines, type ProgressView } from '../../client/format/progress-text.ts';
import type { JobRecord } from '../../core/run.ts';

function job(step: string): JobRecord {
  return {
    ...{ name: step, kind: 'training', step, created: null, startup: 1, seconds: 1, working: 0 },
    ...{ output: '', fits: 0, reused: false },
  };
}

const trial = {
  setting: { id: 'base-ridge', algorithm: 'ridge', hyperparameters: {} },
  scores: [0.5, 0.7],
  mean: 0.6,
  metrics: {},
  sd: 0.1,
};

const VIEW: ProgressView = {
  state: {
    stage: 'tune',
    begun: [],
    folds: ['done', 'running', 'waiting'],
    jobs: ['split', 'fold-0/preprocess', 'fold-0/train-1', 'tune/trial-1'].map(job),
    plannedJobs: 8,
    ...{ scores: {}, waiting: undefined, paused: undefined },
    trials: [trial],
    best: trial,
  },
  ms: 60_000,
  plan: [
    { step: 'split', jobs: { split: 1 }, fits: 0 },
    { step: 'folds', jobs: { preprocess: 1, train: 1 }, fits: 2 },
    { step: 'tune', jobs: { train: 5 }, fits: 5 },
  ],
  columns: 200,
};

test('steps, folds, scores and the time that is left are told', () => {
  const text = progressLines(VIEW).join('\n');
  expect(text).toContain('→ tune');
  expect(text).toContain('4/8   1 min 00 s, at most 1 min 00 s left');
  expect(text).toMatch(/├ split .* 1\/1\n.*├ folds .* 2\/2\n.*└ tune .* 1\/5/);
  expect(text).toContain('folds ✓ 0  ● 1  ○ 2');
  expect(text).toContain('ridge 0.6000 ± 0.1000   0.5000 0.7000');
});

test.each([80, 40, 10])('no line is longer than a terminal of %i columns', (columns) => {
  const folds = Array.from({ length: 100 }, () => 'waiting' as const);
  const lines = progressLines({ ...VIEW, columns, state: { ...VIEW.state, folds } });
  expect(Math.max(...lines.map((line) => line.length))).toBe(columns);
});

test('the pace of one job tells nothing of what is left', () => {
  const text = progressLines({ ...VIEW, state: { ...VIEW.state, jobs: [job('split')] } }).join('\n');
  expect(text).not.toContain('left');
});
