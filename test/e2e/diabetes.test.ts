import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { resultSchemas } from '../../core/results.ts';
import { useLocalStack } from '../support/local-stack.ts';

const stack = useLocalStack();
const EXAMPLE = fileURLToPath(new URL('../../examples/diabetes/pipeline.yaml', import.meta.url));

/** The part of `result --json` that the tests look at. */
const wholeResult = z.object({
  objective: z.object({ metric: z.string(), goal: z.string() }),
  classes: z.array(z.string()),
  tuned: z.array(z.object({ scores: z.array(z.number()) })),
  base: z.array(z.object({ mean: z.number(), scores: z.array(z.number()) })),
  before: z.object({ mean: z.number() }),
  winner: z.object({ mean: z.number() }),
  holdout: z.object({ rows: z.number(), metrics: z.record(z.string(), z.number()) }),
  deployment: z.object({ smokeRows: z.number(), samples: z.array(z.object({ value: z.number() })) }),
  fits: z.array(resultSchemas.fits.shape.fits.element),
});

let result: z.infer<typeof wholeResult>;

beforeAll(async () => {
  const ended = await stack().cli('run', EXAMPLE);
  expect(ended.code, ended.stderr).toBe(0);
  const shown = await stack().cli('result', '--json');
  expect(shown.code, shown.stderr).toBe(0);
  result = wholeResult.parse(JSON.parse(shown.stdout));
});

describe('the diabetes run, a regression with repeated folds and a metric of its own', () => {
  test('scores each setting on the folds of both repeats, with every metric', () => {
    expect(result.classes).toEqual([]);
    expect(result.base.map(({ scores }) => scores.length)).toEqual([10, 10, 10]);
    const raced = result.tuned.reduce((sum, { scores }) => sum + scores.length, 0);
    expect(result.tuned).toHaveLength(10);
    expect(result.fits).toHaveLength((3 + 1) * 10 + raced);
    expect(result.fits.every(({ metrics }) => Object.keys(metrics).join() === 'rmse,mae,r2,within_50')).toBe(true);
  });

  test('chooses the smallest error', () => {
    expect(result.objective).toEqual({ metric: 'rmse', goal: 'minimize' });
    expect(result.before.mean).toBe(Math.min(...result.base.map(({ mean }) => mean)));
    expect(result.winner.mean).toBeLessThanOrEqual(result.before.mean);
    expect(result.holdout.rows).toBe(89);
    expect(Object.keys(result.holdout.metrics)).toEqual(['rmse', 'mae', 'r2', 'within_50']);
  });

  test('serves a model that answers with numbers, as the offline model does', async () => {
    expect(result.deployment.smokeRows).toBe(20);
    expect(result.deployment.samples).toHaveLength(2);
    const { stdout } = await stack().cli('result');
    expect(stdout).toMatch(/→ \d+\.\d{4}$/m);
  });
});
