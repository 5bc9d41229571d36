import { describe, expect, test } from 'vitest';
import { byEachMethod } from '../../core/method-variants.ts';
import { METHODS, type Method } from '../../core/methods.ts';
import { parsePipeline } from '../../core/pipeline-source.ts';
import { raceRuleOf, type Pipeline } from '../../core/pipeline.ts';

/** A pipeline with the given lines. */
function pipelineOf(...lines: string[]): Pipeline {
  const text = [
    'pipeline: p',
    'data: { file: t.csv }',
    'algorithms:',
    '  ridge: { ranges: { alpha: { min: 1, max: 2, type: continuous } } }',
  ];
  return parsePipeline([...text, ...lines].join('\n'), 'p.yaml');
}

const tuned = (tuning: string): Pipeline => pipelineOf(`tuning: { ${tuning} }`);
const refusal = (pipeline: Pipeline, methods: readonly Method[] = METHODS): string => {
  try {
    byEachMethod(pipeline, methods, 'p.yaml');
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
};

describe('a pipeline by each method', () => {
  test('differs in the method alone, and has the race of each where it names none', () => {
    const pipeline = tuned('trials: 3');
    const variants = byEachMethod(pipeline, METHODS, 'p.yaml');
    expect(variants).toEqual(METHODS.map((method) => ({ ...pipeline, method })));
    expect(variants.map(raceRuleOf)).toEqual(['off', 'friedman', 'friedman']);
  });

  test.each(['race: off', 'race: halving'])('has the race that all know: %s', (race) => {
    const rule = race.slice('race: '.length);
    expect(byEachMethod(tuned(race), METHODS, 'p.yaml').map(raceRuleOf)).toEqual([rule, rule, rule]);
  });

  test('is the same whatever the method of the file', () => {
    const [first, ...others] = METHODS.map((method) =>
      byEachMethod(pipelineOf(`method: ${method}`), METHODS, 'p.yaml'),
    );
    expect(others).toEqual([first, first]);
  });
});

describe('a method that cannot run a pipeline is refused', () => {
  test.each(['friedman', 'wilcoxon'])('with race %s: what it allows, and the methods that know it', (race) => {
    expect(refusal(tuned(`race: ${race}`)).split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^p.yaml by method bundled: tuning.race: found ${race} with method bundled; allowed: halving, off, `,
        ),
      ),
      'Change the file, or compare the others alone: --methods indices,folds',
    ]);
    expect(refusal(tuned(`race: ${race}`), ['folds', 'indices'])).toBe('');
  });

  test.each(['strategy: hyperband', 'strategy: random, early-stopping: true'])('with scope managed, %s', (strategy) => {
    const text = refusal(tuned(`scope: managed, ${strategy}`));
    expect(text).toMatch(/^p.yaml by method bundled: tuning\..*allowed with method folds or indices/);
    expect(text).toContain('--methods indices,folds');
  });

  test('with scope managed and more folds than a job of folds has channels', () => {
    const text = refusal(pipelineOf('method: indices', 'split: { folds: 25 }', 'tuning: { scope: managed }'));
    expect(text).toMatch(/^p.yaml by method folds: split.folds: found 25 folds/);
    expect(text).toContain('--methods bundled,indices');
  });

  test('without the advice to leave it out where nothing would be left to compare', () => {
    expect(refusal(tuned('race: friedman'), ['bundled', 'folds'])).not.toContain('--methods');
  });
});
