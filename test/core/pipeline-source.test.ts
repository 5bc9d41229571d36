import { describe, expect, test } from 'vitest';
import { raceRuleOf } from '../../core/pipeline.ts';
import { parsePipeline } from '../../core/pipeline-source.ts';

const VALID = `pipeline: titanic
data: { file: titanic.csv }
algorithms:
  xgboost:
    hyperparameters: { max_depth: 4 }
    ranges:
      learning_rate: { type: continuous, min: 0.01, max: 0.5, scaling: logarithmic }
tuning: { trials: 3 }
`;

function problems(text: string): string[] {
  try {
    parsePipeline(text, 'pipeline.yaml');
  } catch (error) {
    if (error instanceof Error) return error.message.split('\n');
  }
  return [];
}

describe('a pipeline file', () => {
  test('gets its defaults', () => {
    const parsed = parsePipeline(VALID, 'pipeline.yaml');
    expect(parsed.split).toMatchObject({ holdout: 0.2, scheme: 'stratified', folds: 5, repeats: 1, seed: 42 });
    expect(parsed.jobs.instance).toBe('ml.m5.large');
    expect(parsed.deploy).toBeUndefined();
    expect(parsed).toMatchObject({ select: 'best', confidence: 0.95 });
    expect(raceRuleOf(parsed)).toBe('friedman');
    expect(raceRuleOf({ ...parsed, method: 'bundled' })).toBe('off');
    expect(raceRuleOf({ ...parsed, tuning: undefined })).toBe('off');
    const given = VALID.replace('trials: 3', 'settings: [{ algorithm: xgboost, hyperparameters: {} }]');
    expect(raceRuleOf(parsePipeline(given, 'pipeline.yaml'))).toBe('off');
  });

  test('of which the simplest setting wins says what every hyperparameter is that is not given', () => {
    const parsed = parsePipeline(`${VALID}select: one-standard-error\n`, 'pipeline.yaml');
    expect(parsed.algorithms['xgboost']?.simpler).toMatchObject({
      max_depth: { is: 'lower', default: 6, unlimited: 0 },
      reg_lambda: { is: 'higher', default: 1 },
    });
    expect(parsePipeline(JSON.stringify(parsed), 'pipeline.json')).toEqual(parsed);
    expect(parsePipeline(VALID, 'pipeline.yaml').algorithms['xgboost']?.simpler).toBeUndefined();
  });

  test.each(['ridge', 'elastic_net', 'hist_gradient_boosting'])('may take the simplest setting of %s', (algorithm) => {
    const text = `${VALID.replace('xgboost', algorithm)}task: regression\nselect: simplest-within-0.1\n`;
    expect(parsePipeline(text, 'pipeline.yaml').select).toBe('simplest-within-0.1');
  });

  test('may halve within the one job of bundled', () => {
    const text = `${VALID.replace('trials: 3', 'trials: 3, race: halving')}method: bundled\n`;
    expect(raceRuleOf(parsePipeline(text, 'pipeline.yaml'))).toBe('halving');
  });

  test('gets the defaults of its task, and means the same when it is read with them', () => {
    const { task, split, objective, metrics } = parsePipeline(VALID, 'pipeline.yaml');
    expect([task, split.scheme, objective, metrics]).toEqual([
      'classification',
      'stratified',
      'roc_auc',
      ['roc_auc', 'accuracy', 'log_loss'],
    ]);
    const regression = parsePipeline(`${VALID}task: regression\n`, 'pipeline.yaml');
    expect([regression.split.scheme, regression.objective, regression.metrics]).toEqual([
      'plain',
      'rmse',
      ['rmse', 'mae', 'r2'],
    ]);
    expect(parsePipeline(JSON.stringify(regression), 'pipeline.json')).toEqual(regression);
  });

  test.each([
    [
      'a stratified regression',
      VALID + 'task: regression\nsplit: { scheme: stratified }\n',
      /^pipeline.yaml:10: split.scheme: found stratified with task regression, .*; allowed: plain, group, time, leave-one-group-out, column$/,
    ],
    [
      'an unknown key',
      VALID.replace('tuning:', 'tunning:'),
      /^pipeline.yaml:8: tunning: found an unknown key; allowed here: pipeline, data, .*tuning/,
    ],
    [
      'an unknown key inside a range',
      VALID.replace('scaling:', 'scale:'),
      /^pipeline.yaml:7: algorithms.xgboost.ranges.learning_rate.scale: found an unknown key; allowed here: .*scaling/,
    ],
    [
      'a value that is none of the choices',
      VALID.replace('logarithmic', 'log'),
      /^pipeline.yaml:7: .*learning_rate.scaling: found "log"; allowed: auto, linear, logarithmic, reverse-logarithmic$/,
    ],
    [
      'a wrong type',
      VALID.replace('trials: 3', 'trials: many'),
      /^pipeline.yaml:8: tuning.trials: found "many"; allowed: a number$/,
    ],
    [
      'a missing field',
      VALID.replace('pipeline: titanic\n', ''),
      /^pipeline.yaml:1: pipeline: found nothing; allowed: a text$/,
    ],
    [
      'a number too small',
      VALID + 'split: { folds: 1 }\n',
      /^pipeline.yaml:9: split.folds: found 1; allowed: at least 2$/,
    ],
    [
      'a logarithmic range from 0',
      VALID.replace('min: 0.01', 'min: 0'),
      /^pipeline.yaml:7: .*learning_rate.min: found 0; allowed with scaling logarithmic: more than 0$/,
    ],
    [
      'a name with a capital',
      VALID.replace('titanic\n', 'Titanic\n'),
      /^pipeline.yaml:1: pipeline: found "Titanic"; allowed: lower-case/,
    ],
    [
      'a race where each fold tunes on its own',
      VALID.replace('trials: 3', 'trials: 3, scope: per-fold, race: halving'),
      /^pipeline.yaml:8: tuning.race: found halving with scope per-fold; allowed: off, as a fold that tunes on its own/,
    ],
    [
      'a race that no search of scikit-learn knows',
      VALID.replace('trials: 3', 'trials: 3, race: friedman') + 'method: bundled\n',
      /^pipeline.yaml:8: tuning.race: found friedman with method bundled; allowed: halving, off, as scikit-learn's/,
    ],
    [
      'a sampler that could learn nothing',
      VALID.replace('trials: 3', 'trials: 3, sampler: bayesian'),
      /^pipeline.yaml:8: tuning.trials: found 3 in waves of 5; allowed: more than 10 with sampler bayesian/,
    ],
    [
      'tuning without ranges',
      VALID.replace(/ {4}ranges:\n.*\n/, ''),
      /^pipeline.yaml:6: tuning: found tuning, yet no algorithm has ranges/,
    ],
    [
      'repeats of folds in time',
      VALID + 'split: { scheme: time, repeats: 3 }\n',
      /^pipeline.yaml:9: split.repeats: found 3 with scheme time; allowed: 1; repeats go with .* plain and stratified$/,
    ],
    [
      'a gap without time',
      VALID + 'split: { gap: 3 }\n',
      /^pipeline.yaml:9: split.gap: found 3 with scheme stratified; allowed: 0; a gap goes with scheme time$/,
    ],
    [
      'a sliding window without time',
      VALID + 'split: { scheme: group, window: sliding }\n',
      /^pipeline.yaml:9: split.window: found sliding with scheme group; allowed: expanding/,
    ],
    [
      'more folds than a run carries',
      VALID + 'split: { folds: 60, repeats: 10 }\n',
      /^pipeline.yaml:9: split.repeats: found 10 times 60 folds; allowed: at most 500 folds in all$/,
    ],
    ['a key given twice', VALID + 'pipeline: other\n', /^pipeline.yaml:9: .*unique/],
    ['broken syntax', 'pipeline: [titanic', /^pipeline.yaml:1: /],
    ['an alias', 'pipeline: &a titanic\nmethod: *a\n', /alias/],
    ['an empty file', '', /^pipeline.yaml:1: found null; allowed: a mapping$|found nothing/],
    [
      'a wrong kind of range',
      VALID.replace('type: continuous', 'type: float'),
      /^pipeline.yaml:7: .*type: found .*; allowed: continuous, integer, categorical$/,
    ],
    [
      'a race by an unknown rule',
      VALID.replace('trials: 3', 'race: fast'),
      /^pipeline.yaml:8: tuning.race: found "fast"; allowed: friedman, halving, wilcoxon, off$/,
    ],
    [
      'a selection by an unknown rule',
      VALID + 'select: simplest\n',
      /^pipeline.yaml:9: select: found "simplest"; allowed: best, one-standard-error, or simplest-within-<x>/,
    ],
    [
      'a selection of the simplest among settings without an order',
      VALID.replace('xgboost', 'own') + 'select: one-standard-error\n',
      /^pipeline.yaml:5: algorithms.own: found no order of complexity, which select needs; allowed: with simpler/,
    ],
    [
      'a selection of the simplest by a hyperparameter without an order',
      VALID.replace('{ max_depth: 4 }', '{ max_depth: deep }') + 'select: simplest-within-0.01\n',
      /^pipeline.yaml:5: algorithms.xgboost.hyperparameters.max_depth: found "deep", which select cannot order; allowed: /,
    ],
    [
      'an order by no direction',
      VALID.replace('    ranges', '    simpler: { max_depth: less }\n    ranges'),
      /^pipeline.yaml:6: algorithms.xgboost.simpler.max_depth: found "less"; allowed: lower, higher or a mapping$/,
    ],
    [
      'an order with a default by no direction',
      VALID.replace('    ranges', '    simpler: { max_depth: { is: less, default: 6 } }\n    ranges'),
      /^pipeline.yaml:6: algorithms.xgboost.simpler.max_depth: found a mapping; allowed: lower, higher or is: lower, higher$/,
    ],
    ['a confidence of 1', VALID + 'confidence: 1\n', /^pipeline.yaml:9: confidence: found 1; allowed: less than 1$/],
  ])('is refused for %s, naming file, line, field, what was found and what is allowed', (_, text, expected) => {
    const found = problems(text);
    expect(
      found.some((line) => expected.test(line)),
      found.join('\n'),
    ).toBe(true);
  });

  test('is refused with every fault at once', () => {
    expect(problems(VALID.replace('trials: 3', 'trials: 0').replace('max_depth: 4', 'max_depth: []'))).toHaveLength(2);
  });
});
