import { expect, test } from 'vitest';
import { leakageSpec } from '../../core/leakage-spec.ts';
import { baseSettings } from '../../core/pipeline.ts';
import { leakReport, type LeakReport } from '../../core/leakage.ts';
import { warningsOf } from '../../core/leak-warnings.ts';
import { parsePipeline } from '../../core/pipeline-source.ts';
import type { LeakageResult, SplitResult } from '../../core/results.ts';
import type { RunInput } from '../../core/run.ts';
import { splitSpec } from '../../core/steps.ts';

function inputOf(algorithms: string): RunInput {
  return {
    pipeline: parsePipeline(`pipeline: p\ndata: { file: t.csv }\nalgorithms: ${algorithms}\n`, 'pipeline.yaml'),
    run: 'r',
    prefix: 's3://b/p',
    data: { uri: 's3://b/t.csv', version: 'v' },
    code: { uri: 's3://b/code/', common: 'c', metrics: 'm', algorithms: { a: '1', b: '2' } },
    reuse: true,
    slots: 2,
    image: 'image',
    console: null,
    role: 'role',
    patience: { heartbeat: 1, endpoint: 1, stop: 1 },
  };
}

const INPUT = inputOf('{ a: { hyperparameters: { text: "ä" } }, b: {} }');
const HASHES = { train_hash: `sha256:${'1'.repeat(64)}`, test_hash: `sha256:${'2'.repeat(64)}` };

function splitOf(goal: 'maximize' | 'minimize' = 'maximize'): SplitResult {
  return {
    ...{ rows: 125, holdout_rows: 25, target: 'y', classes: ['no', 'yes'], goals: { roc_auc: goal } },
    folds: [0, 1, 2, 3, 4].map((fold) => ({ fold, train_rows: 80, test_rows: 20, ...HASHES })),
    train_hash: HASHES.train_hash,
  };
}

const CLEAN: LeakageResult = {
  scores: [
    { setting: 'base-a', honest: [0.7, 0.71, 0.72, 0.73, 0.74], leaky: [0.75, 0.765, 0.77, 0.78, 0.795] },
    { setting: 'base-b', honest: [0.7, 0.71, 0.72, 0.73, 0.74], leaky: [0.701, 0.708, 0.722, 0.729, 0.741] },
  ],
  evidence: [0, 1, 2, 3, 4].map((fold) => ({
    ...{ fold, fitted_rows: 80, fitted_hash: HASHES.train_hash },
    ...{ test_rows: 20, test_hash: HASHES.test_hash },
  })),
  widths: [3, 3, 3, 3, 3],
  duplicates: { same: { counts: [0, 0, 0, 0, 0], first: [] }, other: { counts: [0, 0, 0, 0, 0], first: [] } },
  groups: null,
  times: null,
  features: [{ feature: 'x', score: 0.6 }],
};

function reportOf(result: LeakageResult, split = splitOf()): LeakReport {
  return leakReport(INPUT, { settings: baseSettings(INPUT.pipeline), split, result, jobs: [] });
}

test('a difference that all folds have flatters, one that goes both ways is noise', () => {
  const [a, b] = reportOf(CLEAN).comparisons;
  expect(a).toMatchObject({ setting: { id: 'base-a', hyperparameters: { text: 'ä' } }, noise: false });
  expect(a?.difference).toBeCloseTo(0.052, 12);
  expect(a?.flatters).toBeCloseTo(0.052, 12);
  expect(a?.leaky.mean).toBeCloseTo(0.772, 12);
  expect(b?.noise).toBe(true);
  expect(b?.interval.low).toBeLessThan(0);
  expect(b?.interval.high).toBeGreaterThan(0);
});

test('where less is better a lower score flatters', () => {
  const [a] = reportOf(CLEAN, splitOf('minimize')).comparisons;
  expect(a?.difference).toBeCloseTo(0.052, 12);
  expect(a?.flatters).toBeCloseTo(-0.052, 12);
});

test('honest scores of other rows than the training rows are refused', () => {
  const evidence = CLEAN.evidence.map((each) =>
    each.fold === 3 ? { ...each, fitted_hash: HASHES.test_hash } : { ...each },
  );
  expect(() => reportOf({ ...CLEAN, evidence })).toThrow(/fold 3: preprocessing was fitted on 80 rows/);
  expect(() => reportOf({ ...CLEAN, evidence: evidence.slice(0, 3) })).toThrow(/no evidence of fold 3/);
});

test('a setting that was not scored on every fold is refused', () => {
  const scores = CLEAN.scores.map((each) => ({ ...each, honest: each.honest.slice(1) }));
  expect(() => reportOf({ ...CLEAN, scores })).toThrow(/no score of base-a on each of 5 folds/);
});

test('clean folds deserve no warning', () => {
  expect(warningsOf(CLEAN)).toEqual([]);
  const apart = { groups: { counts: [0, 0], first: [] }, times: [0, 0] };
  expect(warningsOf({ ...CLEAN, ...apart })).toEqual([]);
});

test('each finding becomes its warning', () => {
  const other = { counts: [0, 2], first: [[5, 1] satisfies [number, number]] };
  const groups = { counts: [1, 1], first: ['g'] };
  const found = { ...CLEAN, duplicates: { ...CLEAN.duplicates, other }, groups, times: [0, 0.5] };
  expect(warningsOf(found)).toEqual([
    { kind: 'duplicates', target: 'other', ...other },
    { kind: 'groups', ...groups },
    { kind: 'time', shares: [0, 0.5] },
  ]);
});

test.each([
  ['one that is far above the others', { x: 0.6, id: 0.985 }, ['id']],
  ['two, which are no excuse for each other', { x: 0.6, id: 0.99, code: 1 }, ['id', 'code']],
  ['the only one', { id: 1 }, ['id']],
  ['none below the threshold', { x: 0.6, id: 0.97 }, []],
  ['none where another is nearly as good', { x: 0.95, id: 0.985 }, []],
])('of features that alone predict the target it names %s', (_, scores: Record<string, number>, named) => {
  const features = Object.entries(scores).map(([feature, score]) => ({ feature, score }));
  const found = warningsOf({ ...CLEAN, features });
  expect(found.flatMap((each) => (each.kind === 'feature' ? [each.feature] : []))).toEqual(named);
  expect(found).toHaveLength(named.length);
});

test('the job reads the split of a run, and its arguments together are the batch', () => {
  const context = { input: inputOf(`{ a: { hyperparameters: { text: "${'long '.repeat(100)}" } } }`), token: 't' };
  const spec = leakageSpec(context, baseSettings(context.input.pipeline), 1);
  const split = splitSpec(context, 1).output;
  expect(spec.inputs.map(({ uri }) => uri)).toEqual(['s3://b/code/', `${split}train/`, `${split}folds.json`]);
  expect(spec.arguments.length).toBeGreaterThan(1);
  expect(Math.max(...spec.arguments.map((each) => each.length))).toBeLessThanOrEqual(256);
  const text = spec.arguments.map((each) => each.replace(/^--batch=/, '')).join('');
  expect(JSON.parse(text)).toMatchObject({ metrics: ['roc_auc', 'accuracy', 'log_loss'], fits: [] });
  expect(text).toContain('long '.repeat(100));
});

test('settings that no job can be told are refused', () => {
  const context = { input: inputOf(`{ a: { hyperparameters: { text: "${'x'.repeat(25_000)}" } } }`), token: 't' };
  expect(() => leakageSpec(context, baseSettings(context.input.pipeline), 1)).toThrow(/Check fewer algorithms/);
});

test('another setting or another algorithm file is another check', () => {
  const keyOf = (input: RunInput): string => leakageSpec({ input, token: 't' }, baseSettings(input.pipeline), 1).output;
  const changed = { ...INPUT.code, algorithms: { a: '9', b: '2' } };
  const keys = [
    keyOf(INPUT),
    keyOf(inputOf('{ a: { hyperparameters: { text: "b" } }, b: {} }')),
    keyOf({ ...INPUT, code: changed }),
  ];
  expect(new Set(keys).size).toBe(3);
  expect(keyOf({ ...INPUT, run: 'another' })).toBe(keys[0]);
});
