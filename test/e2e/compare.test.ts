import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ListEndpointsCommand } from '@aws-sdk/client-sagemaker';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Ended } from '../support/cli.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const PIPELINE = `pipeline: compared
data: { file: titanic.csv }
split: { folds: 3 }
metrics: [roc_auc, accuracy]
algorithms:
  logistic_regression: { hyperparameters: { C: 1.0 }, ranges: { C: { type: continuous, min: 0.01, max: 1 } } }
tuning: { trials: 2, seed: 7, race: off }
batch: 3
jobs: { instance: ml.m5.xlarge }
deploy: { endpoint: compared }
`;

const estimate = z.strictObject({
  startup: z.union([z.number(), z.literal('measured')]),
  wall: z.number(),
  cost: z.number(),
});
const row = z.strictObject({
  method: z.string(),
  run: z.string(),
  winner: z.object({ setting: z.object({ algorithm: z.string() }), mean: z.number(), margin: z.number().positive() }),
  fits: z.number(),
  scores: z.strictObject({ compared: z.number(), largest: z.number(), equal: z.boolean() }),
  wall: z.number().positive(),
  jobs: z.number(),
  instanceSeconds: z.number().positive(),
  startupSeconds: z.number(),
  bytes: z.number().positive(),
  cost: z.number().positive(),
  estimates: z.array(estimate).length(4),
});
const comparison = z.strictObject({
  pipeline: z.literal('compared'),
  metric: z.literal('roc_auc'),
  confidence: z.literal(0.95),
  instance: z.literal('ml.m5.xlarge'),
  price: z.literal(0.23),
  slots: z.literal(3),
  methods: z.array(row),
  recommendation: z.string(),
});

describe('a comparison', () => {
  let found: z.infer<typeof comparison>;
  let markdown: string;

  beforeAll(async () => {
    const file = await pipelineWith({ pipeline: PIPELINE });
    const output = join(dirname(file), 'comparison.md');
    const ended = await stack().cli('compare', file, '--json', '--output', output, '--slots', '3');
    expect(ended.code, ended.stderr).toBe(0);
    found = comparison.parse(JSON.parse(ended.stdout));
    markdown = await readFile(output, 'utf8');
  });

  test('has each method once, in order, with the same fits and scores to 1e-9', () => {
    expect(found.methods.map(({ method }) => method)).toEqual(['bundled', 'indices', 'folds']);
    const fits = (1 + 2 + 1) * 3;
    for (const { scores, winner, fits: own } of found.methods) {
      expect(own).toBe(fits);
      expect(scores).toMatchObject({ compared: fits, equal: true });
      expect(scores.largest).toBeLessThanOrEqual(1e-9);
      expect(winner.mean).toBeCloseTo(found.methods[0]?.winner.mean ?? 0, 9);
    }
  });

  test('has every job that SageMaker saw, none taken over from another method', async () => {
    const [bundled, indices, folds] = found.methods.map(({ jobs }) => jobs);
    expect([bundled, indices, folds]).toEqual([5, 6, 11]);
    expect(await stack().jobs()).toHaveLength(5 + 6 + 11);
  });

  test('has all that was added to S3', async () => {
    const { CROSSFOLD_BUCKET: bucket, CROSSFOLD_PREFIX: prefix = 'crossfold' } = stack().variables;
    const home = `s3://${bucket ?? ''}/${prefix}/compared/`;
    const there = await Promise.all(['cache/', 'jobs/', 'runs/'].map((part) => stack().objects.size(`${home}${part}`)));
    expect(found.methods.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(there.reduce((sum, size) => sum + size, 0));
  });

  test('deploys nothing', async () => {
    expect((await stack().sagemaker.send(new ListEndpointsCommand({}))).Endpoints).toEqual([]);
  });

  test('is written as one Markdown table, with the recommendation', () => {
    const lines = markdown.split('\n').filter((line) => line.startsWith('|'));
    const cells = lines.map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    expect(cells[0]).toEqual(['', 'bundled', 'indices', 'folds']);
    expect(new Set(cells.map(({ length }) => length))).toEqual(new Set([4]));
    expect(cells.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        ...['winner', 'roc_auc, mean ± 95 % interval', 'scores against bundled', 'wall time', 'added to S3', 'cost'],
        ...['estimate: start-up as measured', 'estimate: start-up 180 s a job'],
      ]),
    );
    expect(cells.find(([name]) => name === 'scores against bundled')?.slice(2)).toEqual([
      expect.stringMatching(/^equal: by .* at most over 12 fits$/),
      expect.stringMatching(/^equal: by .* at most over 12 fits$/),
    ]);
    expect(markdown).toContain(found.recommendation);
    for (const { run } of found.methods) expect(markdown).toContain(run);
  });
});

describe('a comparison that cannot be made', () => {
  async function refused(...options: string[]): Promise<Ended> {
    return await refusedOf(SMALL, ...options);
  }

  async function refusedOf(pipeline: string, ...options: string[]): Promise<Ended> {
    const before = (await stack().jobs()).length;
    const ended = await stack().cli('compare', await pipelineWith({ pipeline }), ...options);
    expect(ended.code).toBe(2);
    expect((await stack().jobs()).length).toBe(before);
    return ended;
  }

  test.each(['folds', 'folds,folds', 'folds,other'])('is refused before it runs: --methods %s', async (methods) => {
    expect((await refused('--methods', methods)).stderr).toContain('two or more of bundled, indices, folds');
  });

  test('is refused before it runs: no slot', async () => {
    expect((await refused('--slots', '0')).stderr).toContain('a whole number from 1 on');
  });

  test('is refused before it runs: an output that cannot be written', async () => {
    expect((await refused('--output', 'no/such/folder/file.md')).stderr).toContain('no/such/folder/file.md');
  });

  test.each(['race: friedman', 'scope: managed, strategy: hyperband'])(
    'is refused before it runs: one of the methods does not know %s',
    async (tuning) => {
      const { stderr } = await refusedOf(PIPELINE.replace('race: off', tuning));
      expect(stderr).toContain('method bundled');
      expect(stderr).toContain('--methods indices,folds');
    },
  );
});
