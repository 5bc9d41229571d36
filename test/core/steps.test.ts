import { expect, test } from 'vitest';
import { rowsKey } from '../../core/cache-keys.ts';
import { parsePipeline } from '../../core/pipeline-source.ts';
import { contextOf as within, outerContext, splitSpec, type RunContext } from '../../core/steps.ts';

/** A run of one algorithm, two fits a job, with the given `split`. */
function contextOf(split: string): RunContext {
  const text = `pipeline: p\ndata: { file: t.csv }\nbatch: 2\nalgorithms: { ridge: { ranges: { alpha: { type: continuous, min: 0, max: 1 } } } }\nsplit: ${split}\n`;
  return {
    input: {
      pipeline: parsePipeline(text, 'pipeline.yaml'),
      run: 'r',
      prefix: 's3://b/p',
      data: { uri: 's3://b/t.csv', version: 'v' },
      code: { uri: 's3://b/code/', common: 'c', metrics: 'm', algorithms: {} },
      reuse: true,
      slots: 2,
      image: 'image',
      console: null,
      role: 'role',
      patience: { heartbeat: 1, endpoint: 1, stop: 1 },
    },
    token: 't',
  };
}

test('the split job is told the scheme with all that belongs to it', () => {
  const spec = splitSpec(contextOf('{ scheme: time, window: sliding, gap: 3, folds: 4 }'), 1);
  expect(spec.arguments.join(' ')).toMatch(
    /^--task classification --scheme time --folds 4 --repeats 1 --window sliding --gap 3 --holdout 0.2 --seed 42 --metrics roc_auc,accuracy,log_loss --algorithms ridge$/,
  );
});

test('the first split is told what later steps split, which makes it another one of the same rows', () => {
  const plain = contextOf('{ folds: 4 }');
  const { input, token } = contextOf('{ folds: 4 }\nestimate: nested\ntuning: { sample: 0.3 }');
  const spec = splitSpec({ input, token }, 1);
  expect(spec.arguments.join(' ')).toMatch(/ --estimate nested --tuning-sample 0\.3$/);
  expect(spec.output).not.toBe(splitSpec(plain, 1).output);
  expect(rowsKey(input)).toBe(rowsKey(plain.input));
  for (const later of [outerContext({ input, token }, 1), within({ input, token }, 'sample', { sample: 0.3 })])
    expect(splitSpec(later, 1).arguments).not.toContain('--estimate');
});

test('the search within an outer fold has its training rows alone, and no setting that was chosen on others', () => {
  const { input, token } = contextOf('{ folds: 4 }');
  const setting = { id: 'champion', algorithm: 'ridge', hyperparameters: { alpha: 1 } };
  const served = {
    run: 'earlier',
    version: 'v',
    modelPackage: 'm',
    model: 's3://b/m',
    config: 'c',
    captured: undefined,
  };
  const champion = { ...served, setting, train: 's3://b/train/', holdout: 's3://b/holdout/' };
  const outer = outerContext({ input: { ...input, champion }, token }, 1);
  expect(outer.scope).toBe('outer-1');
  expect(outer.input.subset).toEqual({ within: 1 });
  expect(outer.input.champion).toBeUndefined();
});

test('a sample within an outer fold is drawn of its training rows, in rows of its own', () => {
  const outer = outerContext(contextOf('{ folds: 4 }'), 1);
  const sample = within(outer, 'outer-1-sample', { sample: 0.3 });
  expect(splitSpec(sample, 1).arguments.join(' ')).toContain('--within 1 --sample 0.3');
  const others = [outer, within(contextOf('{ folds: 4 }'), 'sample', { sample: 0.3 })];
  for (const other of others) expect(splitSpec(sample, 1).output).not.toBe(splitSpec(other, 1).output);
});
