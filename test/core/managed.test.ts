import { describe, expect, test } from 'vitest';
import { batchHyperparameters } from '../../core/plan.ts';
import { managedSearch, managedTrials, trainingRecords, type TunedSearch } from '../../core/managed-trials.ts';
import { tuningSpec } from '../../core/managed.ts';
import { parsePipeline } from '../../core/pipeline-source.ts';
import { raceRuleOf, type Pipeline } from '../../core/pipeline.ts';
import type { FitResult, TunedTraining } from '../../core/results.ts';
import type { RunInput } from '../../core/run.ts';

const HASH = `sha256:${'0'.repeat(64)}`;
const FOLDS = [0, 1, 2, 3].map((fold) => ({
  ...{ fold, train_rows: 75, test_rows: 25, train_hash: HASH, test_hash: HASH },
}));

const text = (tuning: string, more = ''): string => `pipeline: p
data: { file: t.csv }
split: { folds: 4 }
algorithms:
  xgboost:
    hyperparameters: { n_estimators: 50 }
    ranges:
      max_depth: { type: integer, min: 2, max: 9 }
      booster: { type: categorical, values: [gbtree, null] }
  logistic_regression: {}
tuning: ${tuning}
${more}`;

const parse = (tuning: string, more = ''): Pipeline => parsePipeline(text(tuning, more), 'pipeline.yaml');

function problems(tuning: string, more = '', change = (whole: string): string => whole): string[] {
  try {
    parsePipeline(change(text(tuning, more)), 'pipeline.yaml');
  } catch (error) {
    if (error instanceof Error)
      return error.message.split('\n').map((line) => line.replace(/^pipeline.yaml:\d+: /, ''));
  }
  return [];
}

describe('scope managed', () => {
  test('is accepted with all that belongs to it, and races nothing', () => {
    const whole =
      '{ scope: managed, strategy: bayesian, early-stopping: true, parallel: 3, trials: 30, warm-start: 2026-11-25T10-30Z-7f3a }';
    expect(raceRuleOf(parse(whole))).toBe('off');
    expect(parsePipeline(JSON.stringify(parse(whole)), 'pipeline.json')).toEqual(parse(whole));
    expect(parse('{ scope: managed, strategy: hyperband }', 'method: indices').tuning?.strategy).toBe('hyperband');
  });

  test.each([
    ['a race', '{ scope: managed, race: halving }', /^tuning.race: found halving; allowed with scope managed: off/],
    ['a sampler', '{ scope: managed, sampler: grid }', /^tuning.sampler: found grid; .*: strategy in its place$/],
    [
      'settings given by hand',
      '{ scope: managed, settings: [{ algorithm: xgboost }] }',
      /^tuning.settings: found settings given by hand; allowed with scope managed: ranges to search$/,
    ],
    ['too many trials', '{ scope: managed, trials: 751 }', /^tuning.trials: found 751; .*: at most 750$/],
    ['a seed beyond 32 bits', '{ scope: managed, seed: 2147483648 }', /^tuning.seed: .*at most 2147483647$/],
    [
      'early stopping of hyperband',
      '{ scope: managed, strategy: hyperband, early-stopping: true }',
      /^tuning.early-stopping: found true; allowed with strategy hyperband: false/,
    ],
    [
      'a warm start of a grid',
      '{ scope: managed, strategy: grid, warm-start: 2026-11-25T10-30Z-7f3a }',
      /^tuning.warm-start: found with strategy grid, .*allowed with: random, bayesian, hyperband$/,
    ],
    [
      'a run that cannot be one',
      '{ scope: managed, warm-start: yesterday }',
      /^tuning.warm-start: .*the id of a run of this pipeline, such as 2026-11-25T10-30Z-7f3a/,
    ],
    [
      'a strategy without the scope',
      '{ strategy: random }',
      /^tuning.strategy: found with scope shared; allowed: with/,
    ],
    ['early stopping without it', '{ early-stopping: false }', /^tuning.early-stopping: found with scope shared/],
    ['parallel without it', '{ scope: per-fold, parallel: 2 }', /^tuning.parallel: found 2 with sampler random/],
  ])('is refused with %s', (_, tuning, problem) => {
    const [first, ...others] = problems(tuning);
    expect(first).toMatch(problem);
    expect(others).toEqual([]);
  });

  test('is refused where the scores of its fits would not fit in one answer', () => {
    const ten = (whole: string): string => whole.replace('folds: 4', 'folds: 10');
    expect(problems('{ scope: managed, trials: 300 }', '', ten)).toEqual([]);
    expect(problems('{ scope: managed, trials: 301 }', '', ten)).toEqual([
      'tuning.trials: found 301; allowed with scope managed and these folds: at most 300',
    ]);
    const large = (whole: string): string =>
      ten(whole).replace('[gbtree, null]', JSON.stringify([...Array(30).keys()]));
    const grid = (whole: string): string => large(whole).replace('max: 9', 'max: 13');
    expect(problems('{ scope: managed, strategy: grid }', '', grid)).toEqual([
      'algorithms.xgboost.ranges: found a grid of 360 settings; allowed with these folds: at most 300',
    ]);
  });

  test('is refused where a job could not carry all folds, or no fold ends before the others', () => {
    const many = 'split: { folds: 10, repeats: 2 }';
    expect(problems('{ scope: managed }', '', (whole) => whole.replace('split: { folds: 4 }', many))).toEqual([
      'split.folds: found 20 folds in all; allowed with scope managed and method folds: at most 19, or method indices',
    ]);
    const indices = problems('{ scope: managed }', 'method: indices', (whole) =>
      whole.replace('split: { folds: 4 }', many),
    );
    expect(indices).toEqual([]);
    expect(problems('{ scope: managed, early-stopping: true }', 'method: bundled')).toHaveLength(1);
    expect(problems('{ scope: managed, strategy: hyperband }', 'method: bundled')).toHaveLength(1);
  });

  test('is refused with a warm start that has seen the rows of a nested estimate', () => {
    const [problem] = problems('{ scope: managed, warm-start: 2026-11-25T10-30Z-7f3a }', 'estimate: nested');
    expect(problem).toMatch(/^tuning.warm-start: found with estimate nested/);
  });

  test.each([
    ['{ type: continuous, min: 0, max: 1 }', /^algorithms.xgboost.ranges.max_depth.type: found continuous/],
    ['{ type: integer, min: 1, max: 31 }', /^algorithms.xgboost.ranges.max_depth: found 31 values; .*: at most 30$/],
  ])('takes no grid over %s', (range, problem) => {
    const change = (whole: string): string => whole.replace('{ type: integer, min: 2, max: 9 }', range);
    expect(problems('{ scope: managed, strategy: grid }', '', change)[0]).toMatch(problem);
  });
});

const input = (pipeline: Pipeline, parents?: RunInput['parents']): RunInput => ({
  ...{ pipeline, run: 'r', prefix: 's3://b/p', data: { uri: 's3://b/t.csv', version: 'v' } },
  code: { uri: 's3://b/code/', common: 'c', metrics: 'm', algorithms: {} },
  ...{ image: 'image', role: 'role', reuse: true, slots: 16, console: null },
  patience: { heartbeat: 1, endpoint: 1, stop: 1 },
  ...(parents !== undefined && { parents }),
});

const SETTING = { id: 'base-xgboost', algorithm: 'xgboost', hyperparameters: { n_estimators: 50 } };

function specOf(
  tuning: string,
  more = '',
  parents?: RunInput['parents'],
  attempt = 1,
  setting = SETTING,
): TunedSearch['spec'] {
  const pipeline = parse(tuning, more);
  if (pipeline.tuning === undefined) throw new Error('the pipeline has no tuning');
  const context = { input: input(pipeline, parents), token: '0123456789ab' };
  return tuningSpec(context, pipeline.tuning, setting, FOLDS, 'maximize', attempt);
}

describe('the tuning job', () => {
  test('gives each training job all folds of one setting, and the types of what it searches', () => {
    const spec = specOf('{ scope: managed, trials: 7, seed: 5, early-stopping: true }');
    const setting = { ...SETTING, id: 'trial' };
    const fits = FOLDS.map(({ fold }) => ({ setting, fold }));
    const metrics = ['roc_auc', 'accuracy', 'log_loss'];
    const types = { max_depth: 'integer', booster: 'categorical' } as const;
    expect(spec.hyperparameters).toEqual(
      batchHyperparameters(fits, [setting], metrics, 42, 'classification', { objective: 'roc_auc', types }),
    );
    expect(spec).toMatchObject({
      strategy: 'random',
      trials: 7,
      seed: 5,
      earlyStopping: true,
      epochs: 4,
      parallel: 10,
    });
    expect(spec.inputs.map(({ name }) => name)).toEqual(['code', 'fold-0', 'fold-1', 'fold-2', 'fold-3']);
    expect(specOf('{ scope: managed }', 'method: indices')).toMatchObject({ script: 'train_indices.py' });
  });

  test('has a name of at most 32 characters, another for each attempt', () => {
    const [first, second] = [1, 2].map((attempt) => specOf('{ scope: managed }', '', undefined, attempt).name);
    expect(first).toBe('0123456789ab-tune-xgboost');
    expect(second).toBe('0123456789ab-tune-xgboost-2');
    const forest = { ...SETTING, algorithm: 'random_forest' };
    expect(specOf('{ scope: managed }', '', undefined, 1, forest).name).toBe('0123456789ab-tune-random-forest');
  });

  test('has the same key where another search would find the same, and no other', () => {
    const key = (tuning: string, more = ''): string | undefined => specOf(tuning, more).keep.step;
    const plain = key('{ scope: managed }');
    expect(key('{ scope: managed, strategy: random, parallel: 2 }')).toBe(plain);
    for (const other of ['trials: 21', 'seed: 1', 'strategy: bayesian', 'early-stopping: true'])
      expect(key(`{ scope: managed, ${other} }`)).not.toBe(plain);
    expect(key('{ scope: managed }', 'method: indices')).not.toBe(plain);
  });

  test('starts from the tuning jobs of earlier runs of its algorithm; as its own where they had the same input', () => {
    const parent = (algorithm: string, inputs: string): NonNullable<RunInput['parents']>[number] => ({
      ...{ algorithm, job: `${algorithm}-${inputs}`, inputs },
    });
    const own = managedSearch(searchOf(specOf('{ scope: managed }'), [])).inputs;
    const others = [parent('random_forest', own)];
    expect(specOf('{ scope: managed }', '', others).warmStart).toBeUndefined();
    expect(specOf('{ scope: managed }', '', [parent('xgboost', own), ...others]).warmStart).toEqual({
      type: 'IdenticalDataAndAlgorithm',
      parents: [`xgboost-${own}`],
    });
    expect(specOf('{ scope: managed }', '', [parent('xgboost', own), parent('xgboost', 'x')]).warmStart).toEqual({
      type: 'TransferLearning',
      parents: [`xgboost-${own}`, 'xgboost-x'],
    });
  });
});

function searchOf(spec: TunedSearch['spec'], trainings: readonly TunedTraining[]): TunedSearch {
  return { spec, job: 'tuning-job', output: 's3://b/jobs/', reused: false, trainings };
}

function fitsOn(folds: number, depth: number): FitResult[] {
  return Array.from({ length: folds }, (_, fold) => ({
    ...{ setting: 'trial', algorithm: 'xgboost', hyperparameters: { max_depth: depth }, fold },
    metrics: { roc_auc: depth / 10 + fold / 100 },
    ...{ fitted_hash: HASH, test_hash: HASH, fit_seconds: 1, score_seconds: 0 },
  }));
}

const training = (job: string, status: TunedTraining['status'], folds: number, depth: number): TunedTraining => ({
  ...{ job, status, reason: status === 'Failed' ? 'AlgorithmError: boom' : null, searched: { max_depth: `${depth}` } },
  ...{ created: 1000, startup: 2, seconds: 9, working_seconds: 4, fits: fitsOn(folds, depth) },
});

describe('the trials of a tuning job', () => {
  const spec = specOf('{ scope: managed }');
  const search = searchOf(spec, [
    training('a', 'Completed', 4, 3),
    training('b', 'Failed', 0, 4),
    training('c', 'Stopped', 2, 5),
    training('d', 'Stopped', 1, 6),
    training('e', 'Completed', 4, 7),
  ]);

  test('are those of its training jobs, with the folds that each has scored', () => {
    const trials = managedTrials(search, 10);
    expect(trials.map(({ setting }) => setting)).toEqual([
      { id: 'trial-011', algorithm: 'xgboost', hyperparameters: { max_depth: 3 } },
      { id: 'trial-012', algorithm: 'xgboost', hyperparameters: { max_depth: 5 } },
      { id: 'trial-013', algorithm: 'xgboost', hyperparameters: { max_depth: 7 } },
    ]);
    expect(trials.map(({ scores }) => scores.length)).toEqual([4, 2, 4]);
    expect(trials[1]?.scores).toEqual([0.5, 0.51]);
  });

  test('are counted, and what gave none is named with its reason', () => {
    expect(managedSearch(search)).toMatchObject({
      ...{ algorithm: 'xgboost', job: 'tuning-job', trainings: 5, stoppedEarly: 2 },
      unscored: [
        { job: 'b', searched: { max_depth: '4' }, reason: 'AlgorithmError: boom' },
        { job: 'd', searched: { max_depth: '6' }, reason: 'stopped early, after 1 of 4 folds' },
      ],
    });
  });

  test('have the jobs that made them; those of an earlier run cost nothing', () => {
    const [first, failed] = trainingRecords(search);
    expect(first).toMatchObject({ name: 'a', step: 'tune/xgboost/trial-1', seconds: 9, fits: 4, reused: false });
    expect(failed).toMatchObject({ name: 'b', seconds: 9, fits: 0 });
    expect(trainingRecords({ ...search, reused: true })[0]).toMatchObject({ startup: 0, seconds: 0, reused: true });
  });

  test('cannot be chosen from where none has all folds', () => {
    const none = searchOf(spec, [training('b', 'Failed', 0, 4), training('c', 'Stopped', 2, 5)]);
    expect(() => managedTrials(none, 0)).toThrow(
      'tune/xgboost: none of the 2 training jobs of the tuning job tuning-job has scored all 4 folds: AlgorithmError: boom',
    );
  });
});
