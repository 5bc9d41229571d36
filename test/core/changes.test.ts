import { describe, expect, test } from 'vitest';
import { changed, parseChange } from '../../core/changes.ts';
import { checkPipeline, parsePipeline } from '../../core/pipeline-source.ts';

const BEFORE = parsePipeline(
  'pipeline: p\ndata: { file: t.csv }\nalgorithms: { ridge: { ranges: { alpha: { type: continuous, min: 1, max: 2 } } } }\ntask: regression\ntuning: {}\n',
  'pipeline.yaml',
);
const change = (...texts: string[]): unknown =>
  checkPipeline(
    changed(
      BEFORE,
      texts.map((text) => parseChange(text, (value) => (value === '' ? null : JSON.parse(value)))),
    ),
    'run p/1',
  );

describe('changes of a pipeline', () => {
  test('change what they name and nothing else', () => {
    expect(change('tuning.trials=7', 'deploy.endpoint="e"')).toEqual({
      ...BEFORE,
      tuning: { ...BEFORE.tuning, trials: 7 },
      deploy: { endpoint: 'e', instance: 'ml.m5.large', instances: 1 },
    });
    expect(change('tuning=')).toEqual({ ...BEFORE, tuning: undefined });
  });

  test('are checked as the file is', () => {
    expect(() => change('tuning.trials=0', 'split.fold=3')).toThrow(
      'run p/1: split.fold: found an unknown key; allowed here: ',
    );
    expect(() => change('tuning.trials=0')).toThrow('run p/1: tuning.trials: found 0; allowed: at least 1');
  });

  test.each(['trials', '=3', 'a..b=3', '__proto__.x=1', 'a.__proto__=1', '.a=1'])('%j is none', (text) => {
    expect(() => parseChange(text, String)).toThrow('allowed: key=value');
  });

  test.each(['data.file=x.csv', 'scripts=other', 'pipeline=q'])('%j cannot be made', (text) => {
    expect(() => parseChange(text, String)).toThrow('cannot be changed');
  });
});
