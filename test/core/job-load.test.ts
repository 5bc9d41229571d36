import { describe, expect, test } from 'vitest';
import {
  answerLoad,
  inAnswers,
  inJobs,
  isOneJob,
  requestLoad,
  requireOneJob,
  settingLoad,
} from '../../core/job-load.ts';
import { checkPipeline, parsePipeline } from '../../core/pipeline-source.ts';
import { toldOf, type Pipeline } from '../../core/pipeline.ts';
import { plannedSteps } from '../../core/planned-jobs.ts';
import { batchHyperparameters, fitsOf, type Batch } from '../../core/plan.ts';
import { settingsToTry } from '../../core/search.ts';
import type { Setting } from '../../core/setting.ts';
import { longestSetting } from '../../core/tried-settings.ts';

const FIVE = [0, 1, 2, 3, 4];

/** XGBoost with five ranges on five folds. */
const text = (tuning: string, method = 'bundled', more = ''): string => `pipeline: p
data: { file: t.csv }
split: { folds: 5 }
method: ${method}
algorithms:
  xgboost:
    hyperparameters: { n_estimators: 200 }
    ranges:
      max_depth: { type: integer, min: 2, max: 12 }
      learning_rate: { type: continuous, min: 0.001, max: 0.5, scaling: logarithmic }
      subsample: { type: continuous, min: 0.5, max: 1 }
      colsample_bytree: { type: continuous, min: 0.5, max: 1 }
      reg_lambda: { type: continuous, min: 0.001, max: 100, scaling: logarithmic }
tuning: ${tuning}
${more}`;
const parse = (...whole: Parameters<typeof text>): Pipeline => parsePipeline(text(...whole), 'pipeline.yaml');

function problems(...whole: Parameters<typeof text>): string[] {
  try {
    parse(...whole);
  } catch (error) {
    if (error instanceof Error)
      return error.message.split('\n').map((line) => line.replace(/^pipeline.yaml:\d+: /, ''));
  }
  return [];
}

/** The fits of a search as a run would plan them. */
function searched(pipeline: Pipeline): Batch {
  const { tuning } = pipeline;
  if (tuning === undefined) return [];
  const bases = [{ id: 'base', algorithm: 'xgboost', hyperparameters: { n_estimators: 200 } }];
  return fitsOf(settingsToTry({ ...pipeline, tuning }, bases, tuning.seed), FIVE);
}

/** How many hyperparameters a job of the pipeline has that carries a batch. */
function fieldsOf(batch: Batch, pipeline: Pipeline): number {
  const settings = [...new Set(batch.map(({ setting }) => setting))];
  const { metrics, seed, task } = toldOf(pipeline);
  return Object.keys(batchHyperparameters(batch, settings, metrics, seed, task)).length;
}

describe('a batch that one job cannot carry', () => {
  const pipeline = parse('{ trials: 2000 }');
  const batch = searched(pipeline);
  const parts = inJobs(batch, toldOf(pipeline));

  test('goes in several, each of which SageMaker takes with one hyperparameter more', () => {
    expect(fieldsOf(batch, pipeline)).toBeGreaterThan(100);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(fieldsOf(part, pipeline)).toBeLessThanOrEqual(99);
    expect(parts.flat()).toEqual(batch);
  });

  test('goes in as few as can be, alike in size, with all folds of a setting in the same', () => {
    const whole = Math.max(requestLoad(batch, toldOf(pipeline)), answerLoad(batch, toldOf(pipeline)));
    expect(parts).toHaveLength(Math.ceil(whole));
    for (const part of parts) expect(part.length % FIVE.length).toBe(0);
    const sizes = parts.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(FIVE.length * parts.length);
  });

  test('goes in parts of fits where those of a setting do not stand together, or are all that there is', () => {
    const byFold = [...batch].sort((a, b) => a.fold - b.fold);
    expect(inJobs(byFold, toldOf(pipeline)).flat()).toEqual(byFold);
    const [only] = batch;
    const folds = Array.from({ length: 7500 }, (_, fold) => fold);
    const one = fitsOf(only === undefined ? [] : [only.setting], folds);
    expect(inJobs(one, toldOf(pipeline)).flat()).toEqual(one);
    expect(inJobs(one, toldOf(pipeline)).every((part) => isOneJob(part, toldOf(pipeline)))).toBe(true);
  });

  test('is one whose request is a character longer than a job takes', () => {
    const noted = (length: number): Batch =>
      fitsOf([{ id: 'a', algorithm: 'b', hyperparameters: { note: 'x'.repeat(length) } }], [0, 1]);
    const around = 99 * 2500 * requestLoad(noted(0), toldOf(pipeline));
    const room = 99 * 2500 - Math.round(around);
    expect(fieldsOf(noted(room), pipeline)).toBe(99);
    expect(inJobs(noted(room), toldOf(pipeline))).toHaveLength(1);
    expect(fieldsOf(noted(room + 1), pipeline)).toBe(100);
    expect(inJobs(noted(room + 1), toldOf(pipeline))).toHaveLength(2);
  });

  test('may be one of a thousand fits, as `batch` says, each of a setting of its own', () => {
    const wide = parse('{ trials: 1000 }', 'folds');
    const note = { note: 'x'.repeat(100) };
    const apart = searched(wide)
      .filter(({ fold }) => fold === 0)
      .map(({ setting, fold }) => ({
        setting: { ...setting, hyperparameters: { ...setting.hyperparameters, ...note } },
        fold,
      }));
    expect(apart).toHaveLength(1000);
    const jobs = inJobs(apart, toldOf(wide));
    expect(jobs).toHaveLength(2);
    for (const job of jobs) expect(fieldsOf(job, wide)).toBeLessThanOrEqual(99);
  });
});

test('a batch that one job can carry stays whole', () => {
  const pipeline = parse('{ trials: 600 }');
  const batch = searched(pipeline);
  const [whole, ...others] = inJobs(batch, toldOf(pipeline));
  expect(whole).toBe(batch);
  expect(others).toEqual([]);
});

test('the answer of a job is not taken for less than it is', () => {
  const { metrics } = parse('{ trials: 1 }');
  const batch = searched(parse('{ trials: 30 }'));
  const hash = `sha256:${'0'.repeat(64)}`;
  const fits = batch.map(({ setting: { id, algorithm, hyperparameters }, fold }) => ({
    ...{ setting: id, algorithm, hyperparameters, fold },
    metrics: Object.fromEntries(metrics.map((name) => [name, 0.123_456_789_012_345_67])),
    ...{
      fitted_hash: hash,
      test_hash: hash,
      fit_seconds: 0.012_345_678_901_234_567,
      score_seconds: 0.001_234_567_890_123_456_7,
    },
  }));
  const length = JSON.stringify({ fits, working_seconds: 12.345_678_901_234_567 }).length;
  expect(2_000_000 * answerLoad(batch, { metrics })).toBeGreaterThanOrEqual(length);
  expect(2_000_000 * answerLoad(batch, { metrics })).toBeLessThan(1.1 * length);
});

test('no setting that is drawn is longer than the longest', () => {
  const { tuning, algorithms } = parse('{ trials: 1000 }');
  if (tuning === undefined) throw new Error('the pipeline has no tuning');
  const longest = JSON.stringify(longestSetting(tuning, algorithms)).length;
  const lengths = searched(parse('{ trials: 1000 }')).map(({ setting }) => JSON.stringify(setting).length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
  expect(longest).toBeLessThan(1.3 * Math.max(...lengths));
});

describe('settings that race within one job', () => {
  test('are refused where that job cannot be told of them', () => {
    const [problem = '', ...others] = problems('{ trials: 2000, race: halving }');
    const most = Number(/at most (\d+)/.exec(problem)?.[1]);
    expect(others).toEqual([]);
    expect(problem).toBe(
      `tuning.race: found halving of 2000 settings with method bundled; allowed with these algorithms and folds: at most ${most}, ` +
        'as one job is told of them all; or method folds or indices',
    );
    expect(problems(`{ trials: ${most}, race: halving }`)).toEqual([]);
    expect(problems(`{ trials: ${most + 1}, race: halving }`)).toHaveLength(1);
    const pipeline = parse(`{ trials: ${most}, race: halving }`);
    expect(fieldsOf(searched(pipeline), pipeline)).toBeLessThanOrEqual(99);
  });

  test('are not where the others do, where there is no race, or where they come in waves', () => {
    expect(problems('{ trials: 2000, race: halving }', 'folds')).toEqual([]);
    expect(problems('{ trials: 2000 }')).toEqual([]);
    expect(problems('{ trials: 900, race: halving, sampler: bayesian, parallel: 100 }')).toEqual([]);
  });

  test('are refused in the run where the split has made more folds than the file tells', () => {
    const pipeline = parse('{ trials: 500, race: halving }');
    const told = toldOf(pipeline);
    const settings = [...new Set(searched(pipeline).map(({ setting }) => setting))];
    const on = (folds: number): Batch => fitsOf(settings, [...Array(folds).keys()]);
    expect(() => requireOneJob(on(5), told)).not.toThrow();
    expect(() => requireOneJob(on(20), told)).toThrow(
      /^tuning.race: found halving of 500 settings on 20 folds within one job, which is 1.\d\d times what a job can be told. Try fewer/,
    );
  });

  test('are refused where that job could not answer', () => {
    const own = Array.from({ length: 20 }, (_, index) => `a_metric_with_a_long_name_${index}`).join(', ');
    const [problem] = problems('{ trials: 560, race: halving }', 'bundled', `metrics: [${own}]`);
    expect(problem).toMatch(/^tuning.race: found halving of 560 settings/);
    expect(problems('{ trials: 560, race: halving }')).toEqual([]);
  });
});

describe('settings whose scores Temporal cannot take together', () => {
  test('are refused where they are drawn', () => {
    expect(problems('{ trials: 9000 }', 'folds')).toEqual([
      expect.stringMatching(/^tuning.trials: found 9000 settings in all; .* at most \d+, as the scores/),
    ]);
  });

  test('are refused where they are given by hand', () => {
    const given = { algorithm: 'xgboost', hyperparameters: { note: 'x'.repeat(1000) } };
    const value = {
      ...{ pipeline: 'p', data: { file: 't.csv' }, split: { folds: 5 }, algorithms: { xgboost: {} } },
      tuning: { settings: Array.from({ length: 3000 }, () => given) },
    };
    expect(() => checkPipeline(value, 'file')).toThrow(/tuning.settings: found 3000 settings in all/);
  });
});

test('a plan counts the jobs that a search in one job is shared out among', () => {
  const jobsOf = (tuning: string): number | undefined =>
    plannedSteps(parse(tuning)).find(({ step }) => step === 'tune')?.jobs.train;
  expect(jobsOf('{ trials: 300 }')).toBe(1);
  expect(jobsOf('{ trials: 300, race: halving }')).toBe(1);
  const pipeline = parse('{ trials: 2000 }');
  const made = inJobs(searched(pipeline), toldOf(pipeline)).length;
  expect(jobsOf('{ trials: 2000 }')).toBeGreaterThanOrEqual(made);
  expect(jobsOf('{ trials: 2000 }')).toBeLessThanOrEqual(made + 1);
});

test('one setting takes of a job what many take together', () => {
  const pipeline = parse('{ trials: 100 }');
  const [first] = searched(pipeline);
  if (first === undefined) throw new Error('there is no setting');
  const settings = Array.from({ length: 100 }, (_, index) => ({ ...first.setting, id: `trial-${100 + index}` }));
  const each = settingLoad({ ...first.setting, id: 'trial-100' }, 5, toldOf(pipeline));
  const all = requestLoad(fitsOf(settings, FIVE), toldOf(pipeline));
  expect(100 * each.request).toBeLessThanOrEqual(all);
  expect(100 * each.request).toBeGreaterThan(0.99 * all);
});

test('fits are taken over in as many answers as Temporal takes, and in one where they are few', () => {
  const pipeline = parse('{ trials: 2000 }');
  const settings = [...new Set(searched(pipeline).map(({ setting }) => setting))];
  const parts = inAnswers(settings, FIVE, toldOf(pipeline));
  expect(parts.flat()).toEqual(settings);
  expect(parts.length).toBeGreaterThan(1);
  const kept = (setting: Setting): string =>
    JSON.stringify({
      ...{ ...setting, metrics: Object.fromEntries(pipeline.metrics.map((name) => [name, 0.123_456_789_012_345_67])) },
      ...{ fitted_hash: 'x'.repeat(71), test_hash: 'x'.repeat(71), fit_seconds: 0.012_345_678_901_234_567 },
      ...{ score_seconds: 0.012_345_678_901_234_567, job: 'x'.repeat(63), output: 's'.repeat(200) },
    });
  for (const part of parts)
    expect(5 * part.reduce((sum, setting) => sum + kept(setting).length, 0)).toBeLessThanOrEqual(2 * 1024 ** 2);
  expect(inAnswers(settings.slice(0, 300), FIVE, toldOf(pipeline))).toEqual([settings.slice(0, 300)]);
  expect(inAnswers([], FIVE, toldOf(pipeline))).toEqual([]);
});
