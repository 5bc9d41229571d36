import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { shopTable, writeBundledTables } from '../support/tables.ts';

const stack = useLocalStack();
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfold-init-'));
  await writeBundledTables(folder);
  await writeFile(join(folder, 'shop.csv'), shopTable());
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const found = z.object({ objective: z.object({ metric: z.string() }), rows: z.object({ all: z.number() }) });

test.each([
  ['shop.csv', 'roc_auc', 240],
  ['diabetes.csv', 'rmse', 442],
])(
  'what init makes of %s runs to its result',
  async (table, metric, rows) => {
    const made = join(folder, table.replace('.csv', ''));
    const init = await stack().cli('init', join(folder, table), '--output', made);
    expect(init.code, init.stderr).toBe(0);
    const ended = await stack().cli('run', join(made, 'pipeline.yaml'), '--json');
    expect(ended.code, ended.stderr).toBe(0);
    expect(found.parse(JSON.parse(ended.stdout))).toEqual({ objective: { metric }, rows: { all: rows } });
  },
  300_000,
);
