import { expect, test } from 'vitest';
import { parsePipeline } from '../../core/pipeline-source.ts';
import { splitSpec, type RunContext } from '../../core/steps.ts';

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
