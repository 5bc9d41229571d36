import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { resultSchemas } from '../../core/results.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';
import { pythonPath } from '../support/tools.ts';

const run = promisify(execFile);
const stack = useLocalStack();
cleanPipelines();

const EXAMPLE = fileURLToPath(new URL('../../examples/titanic/', import.meta.url));
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** The part of `result --json` that the tests look at. */
const wholeResult = z.object({
  run: z.string(),
  rows: z.object({ all: z.number(), holdout: z.number() }),
  base: z.array(z.object({ mean: z.number(), scores: z.array(z.number()) })),
  before: z.object({ mean: z.number() }),
  winner: z.object({ mean: z.number() }),
  tuned: z.array(z.object({ mean: z.number(), scores: z.array(z.number()) })),
  race: z.object({ rule: z.string(), saved: z.number(), all: z.number() }),
  deployment: z.object({
    endpoint: z.string(),
    smokeRows: z.number(),
    samples: z.array(z.object({ label: z.string() })),
  }),
  files: z.object({ root: z.string(), folds: z.string() }),
  fits: z.array(resultSchemas.fits.shape.fits.element.extend({ job: z.string() })),
});

let result: z.infer<typeof wholeResult>;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'crossfold-titanic-'));
  const ended = await stack().cli('run', join(EXAMPLE, 'pipeline.yaml'));
  expect(ended.code, ended.stderr).toBe(0);
  const shown = await stack().cli('result', '--json');
  expect(shown.code, shown.stderr).toBe(0);
  result = wholeResult.parse(JSON.parse(shown.stdout));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe('the Titanic run', () => {
  test('has every fit: each base setting and the winner on each fold, each trial as long as it could win', () => {
    expect(result.rows).toEqual({ all: 891, holdout: 179 });
    const raced = result.tuned.reduce((sum, { scores }) => sum + scores.length, 0);
    expect(result.fits).toHaveLength((3 + 1) * 5 + raced);
    expect(result.race).toEqual({ rule: 'friedman', all: 100, saved: 100 - raced });
    // The winner was scored on every fold.
    expect(Math.max(...result.tuned.map(({ scores }) => scores.length))).toBe(5);
    expect(result.base).toHaveLength(3);
    expect(result.tuned).toHaveLength(20);
    expect(result.winner.mean).toBeGreaterThanOrEqual(result.before.mean);
  });

  test('scores every fit as plain scikit-learn does on the same rows, to 1e-9', async () => {
    const [folds, fits] = [join(scratch, 'folds.json'), join(scratch, 'result.json')];
    await writeFile(folds, (await stack().objects.readText(result.files.folds)) ?? '');
    await writeFile(fits, JSON.stringify({ fits: result.fits }));
    const { stdout } = await run(pythonPath(), [here('plain_sklearn.py'), join(EXAMPLE, 'titanic.csv'), folds, fits]);
    const plain = stdout
      .trim()
      .split('\n')
      .map((line) => z.record(z.string(), z.union([z.string(), z.number()])).parse(JSON.parse(line)));
    expect(plain).toHaveLength(result.fits.length);
    for (const [index, fit] of result.fits.entries()) {
      for (const metric of ['roc_auc', 'accuracy', 'log_loss']) {
        const difference = Math.abs(Number(plain[index]?.[metric]) - (fit.metrics[metric] ?? Number.NaN));
        expect(difference, `${fit.setting} fold ${fit.fold} ${metric}`).toBeLessThanOrEqual(1e-9);
      }
    }
  });

  test('serves what the offline model predicts', () => {
    expect(result.deployment.endpoint).toBe('titanic');
    expect(result.deployment.smokeRows).toBe(20);
    expect(result.deployment.samples).toHaveLength(2);
  });

  test('is seen by boto3, a foreign client, job by job', async () => {
    const { stdout } = await run(pythonPath(), [here('foreign_client.py')], {
      env: { ...process.env, ...stack().variables },
    });
    const seen = z
      .object({
        training: z.array(z.string()),
        processing: z.array(z.string()),
        described: z.string(),
        answer: z.string(),
      })
      .parse(JSON.parse(stdout));
    for (const { job } of result.fits) expect(seen.training).toContain(job);
    expect(seen.processing).toHaveLength(1 + 5 + 1);
    expect(seen.described).toBe('Completed');
    expect(JSON.parse(seen.answer)).toHaveProperty('predictions.0.label');
  });

  test('shows its tables to people, and lists itself', async () => {
    const shown = await stack().cli('result');
    for (const word of [
      'logistic_regression',
      'random_forest',
      'xgboost',
      'Best after tuning',
      'Holdout',
      'Endpoint',
      '/workflows/titanic%2F',
      's3://crossfold/',
    ]) {
      expect(shown.stdout).toContain(word);
    }
    const listed = await stack().cli('list', '--pipeline', 'titanic', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { run: `titanic/${result.run}`, status: 'completed', stage: 'report' },
    ]);
  });
});

describe('another run', () => {
  test('with fewer folds, at the same time as a third, leaves what the first wrote as it is', async () => {
    const text = await readFile(join(EXAMPLE, 'pipeline.yaml'), 'utf8');
    const fewer = text
      .replace('folds: 5', 'folds: 3')
      .replace(/^tuning:.*\n/m, '')
      .replace(/^deploy:.*\n/m, '');
    const file = await pipelineWith({ pipeline: fewer });
    const before = await contents('s3://crossfold/crossfold/titanic/');
    const ended = await Promise.all([stack().cli('run', file, '--json'), stack().cli('run', file, '--json')]);
    const answer = z.object({
      files: z.object({ root: z.string() }),
      base: z.array(z.object({ mean: z.number(), scores: z.array(z.number()).length(3) })),
    });
    const [one, other] = ended.map(({ code, stdout, stderr }) => {
      expect(code, stderr).toBe(0);
      return answer.parse(JSON.parse(stdout));
    });
    expect(one?.files.root).not.toBe(other?.files.root);
    expect(one?.base).toEqual(other?.base);
    const after = await contents('s3://crossfold/crossfold/titanic/');
    for (const [key, version] of before) expect(after.get(key), key).toBe(version);
  });
});

/** The version of each object below a prefix. */
async function contents(prefix: string): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  for await (const uri of stack().objects.list(prefix)) found.set(uri, await stack().objects.version(uri));
  expect(found.size).toBeGreaterThan(0);
  return found;
}
