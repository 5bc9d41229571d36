import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pooled } from '../../../core/report/curves.ts';
import { html, table } from '../../../core/report/html.ts';
import { axesOf } from '../../../core/report/parallel.ts';
import { purposeOf, timelineOf } from '../../../core/report/timeline.ts';
import type { JobRecord } from '../../../core/run.ts';
import type { Trial } from '../../../core/scores.ts';

describe('a template', () => {
  test('escapes every text, and takes HTML as it is', () => {
    const hostile = `<b title="x" id='y'>&`;
    expect(html`<i>${hostile}</i>`.text).toBe('<i>&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;</i>');
    expect(html`${html`<i>a</i>`}${[html`<i>b</i>`, '<', 3]}${undefined}`.text).toBe('<i>a</i><i>b</i>&lt;3');
  });

  test('lets no text open a tag or leave an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(html`${text}`.text).not.toMatch(/[<>"']/);
      }),
    );
    expect(table('<c>', ['<h>'], [['<n>', '<v>']]).text).not.toMatch(/<[chnv]>/);
  });
});

describe('the bins of several folds', () => {
  test('are those of all their rows', () => {
    const one = [{ bin: 2, weight: 30, predicted: 0.2, observed: 0.1 }];
    const other = [
      { bin: 2, weight: 10, predicted: 0.24, observed: 0.5 },
      { bin: 0, weight: 5, predicted: 0.05, observed: 0 },
    ];
    const [first, second] = pooled([one, other]);
    expect(first).toEqual({ bin: 0, weight: 5, predicted: 0.05, observed: 0 });
    expect(second).toMatchObject({ bin: 2, weight: 40 });
    expect(second?.predicted).toBeCloseTo(0.21, 12);
    expect(second?.observed).toBeCloseTo(0.2, 12);
  });
});

const job = (step: string, created: number | null, seconds: number): JobRecord => ({
  ...{ name: step, kind: 'training', step, created, startup: 1, seconds, working: 0, output: '', fits: 0 },
  reused: created === null,
});

describe('the timeline', () => {
  test('puts each job on the lowest slot that is free', () => {
    const jobs = [job('b', 101, 9), job('a', 100, 3), job('c', 104, 1), job('d', 104.5, 1), job('old', null, 0)];
    expect(timelineOf(jobs).map(({ job: { name }, slot, created, ended }) => [name, slot, created, ended])).toEqual([
      ['a', 1, 0, 4],
      ['b', 2, 1, 11],
      ['c', 1, 4, 6],
      ['d', 3, 4.5, 6.5],
    ]);
  });

  test('knows what a job was for', () => {
    const steps = ['split', 'fold-3/preprocess', 'fold-3/train-1', 'base-2', 'tune/trial-round-1-4', 'confirm-1'];
    expect([...steps, 'outer-1/split', 'nested/outer-1-1', 'final'].map((step) => purposeOf({ step }))).toEqual([
      ...['split', 'preprocess', 'base settings', 'base settings', 'tuning', 'confirmation'],
      ...['nested estimate', 'nested estimate', 'final'],
    ]);
  });
});

describe('parallel coordinates', () => {
  const trial = (C: number, kind: string | null, mean: number): Trial => ({
    setting: { id: 't', algorithm: 'a', hyperparameters: { C, kind, fixed: 7 } },
    ...{ scores: [mean], mean, sd: 0, metrics: {} },
  });

  test('have an axis for what differs, and one for the mean', () => {
    const trials = [trial(0.01, 'b', 0.5), trial(1, null, 0.7), trial(100, 'a', 0.6)];
    const axes = axesOf(trials, new Set(['C']), 'roc_auc');
    expect(axes.map(({ name, low, high }) => [name, low, high])).toEqual([
      ['C', '0.01', '100'],
      ['kind', 'a', 'null'],
      ['roc_auc', '0.5', '0.7'],
    ]);
    // A logarithmic range has its decades at equal distances.
    expect(axes.map(({ at }) => trials.map(at))).toEqual([
      [0, expect.closeTo(0.5, 12), 1],
      [0.5, 1, 0],
      [0, expect.closeTo(1, 12), expect.closeTo(0.5, 12)],
    ]);
  });
});
