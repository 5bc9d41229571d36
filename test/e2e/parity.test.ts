import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { METHODS } from '../../core/methods.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';
import { writeBundledTables } from '../support/tables.ts';
import { pythonPath } from '../support/tools.ts';

const stack = useLocalStack();
cleanPipelines();

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const FOLDS = 5;

// Base settings that are too simple, so that tuning has something to find.
const TREES = `  random_forest:
    hyperparameters: { n_estimators: 10, max_depth: 1 }
    ranges: { max_depth: { type: integer, min: 2, max: 8 }, min_samples_leaf: { type: integer, min: 1, max: 10 } }
  xgboost:
    hyperparameters: { n_estimators: 10, max_depth: 1, learning_rate: 0.01 }
    ranges:
      learning_rate: { type: continuous, min: 0.05, max: 0.6, scaling: logarithmic }
      max_depth: { type: integer, min: 2, max: 6 }`;
const CLASSIFIERS = `  logistic_regression:
    hyperparameters: { C: 0.0001 }
    ranges: { C: { type: continuous, min: 0.01, max: 100, scaling: logarithmic } }
${TREES}`;
const REGRESSORS = `  ridge:
    hyperparameters: { alpha: 10000 }
    ranges: { alpha: { type: continuous, min: 0.01, max: 100, scaling: logarithmic } }
${TREES}`;

interface Task {
  readonly task: 'classification' | 'regression';
  readonly scheme: 'stratified' | 'plain';
  /** The first is the objective. */
  readonly metrics: readonly string[];
  readonly algorithms: string;
}

const TASKS = {
  binary: {
    ...{ task: 'classification', scheme: 'stratified', algorithms: CLASSIFIERS },
    metrics: ['roc_auc', 'accuracy', 'log_loss'],
  },
  multiclass: {
    ...{ task: 'classification', scheme: 'stratified', algorithms: CLASSIFIERS },
    metrics: ['log_loss', 'accuracy', 'roc_auc'],
  },
  regression: {
    ...{ task: 'regression', scheme: 'plain', algorithms: REGRESSORS },
    metrics: ['rmse', 'mae', 'r2'],
  },
} as const satisfies Record<string, Task>;
type TaskName = keyof typeof TASKS;

const pipeline = (name: TaskName, method: string): string => {
  const { task, scheme, metrics, algorithms } = TASKS[name];
  return `pipeline: parity-${name}
data: { file: titanic.csv }
task: ${task}
split: { holdout: 0.2, scheme: ${scheme}, folds: ${FOLDS}, seed: 42 }
method: ${method}
objective: ${metrics[0]}
metrics: [${metrics.join(', ')}]
algorithms:
${algorithms}
tuning: { trials: 3, seed: 7, tune: all, race: off }
batch: 60
`;
};

/** The table of each task, and what stands in its preprocessing.py where that is not the Titanic example's. */
async function material(name: TaskName, folder: string): Promise<{ table: string; scripts: Record<string, string> }> {
  const example = (path: string): Promise<string> => readFile(here(`../../examples/${path}`), 'utf8');
  if (name === 'binary') return { table: await example('titanic/titanic.csv'), scripts: {} };
  if (name === 'regression') {
    const preprocessing = await example('diabetes/scripts/preprocessing.py');
    return { table: await example('diabetes/diabetes.csv'), scripts: { 'preprocessing.py': preprocessing } };
  }
  await writeBundledTables(folder);
  const table = (await readFile(join(folder, 'wine.csv'), 'utf8')).replaceAll('/', '_');
  const numeric = table.split('\n', 1).flatMap((line) => line.trim().split(',').slice(0, -1));
  const preprocessing = `from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import StandardScaler

TARGET = "target"
NUMERIC = ${JSON.stringify(numeric)}
CATEGORICAL = []


def build_preprocessing():
    return ColumnTransformer([("numbers", StandardScaler(), NUMERIC)])
`;
  return { table, scripts: { 'preprocessing.py': preprocessing } };
}

const setting = z.object({ id: z.string(), algorithm: z.string(), hyperparameters: z.record(z.string(), z.unknown()) });
const trial = z.object({ setting, scores: z.array(z.number()), mean: z.number() });
const answer = z.object({
  base: z.array(trial),
  tuned: z.array(trial),
  winner: trial,
  files: z.object({ result: z.string() }),
});
const whole = z.object({
  fits: z.array(z.object({ setting: z.string(), fold: z.number(), metrics: z.record(z.string(), z.number()) })),
});
const found = z.object({
  scores: z.record(z.string(), z.record(z.string(), z.array(z.number()))),
  winner: z.string(),
  mean: z.number(),
});
type Plain = z.infer<typeof found>;

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'crossfold-parity-'));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

const searches = new Map<string, Plain>();

/** What plain scikit-learn finds among these settings. It is asked once for the same, whichever method drew them. */
async function plainSearch(name: TaskName, table: string, settings: readonly unknown[]): Promise<Plain> {
  const question = JSON.stringify(settings);
  const known = searches.get(name + question);
  if (known !== undefined) return known;
  const [data, file] = [join(scratch, `${name}.csv`), join(scratch, 'settings.json')];
  await writeFile(data, table);
  await writeFile(file, question);
  const { stdout } = await promisify(execFile)(pythonPath(), [here('plain_search.py'), name, data, file]);
  const plain = found.parse(JSON.parse(stdout));
  searches.set(name + question, plain);
  return plain;
}

function expectNear(value: number | undefined, expected: number | undefined, what: string): void {
  expect(Math.abs((value ?? Number.NaN) - (expected ?? Number.NaN)), what).toBeLessThanOrEqual(1e-9);
}

describe.each(['binary', 'multiclass', 'regression'] as const)('a %s search', (name) => {
  test.each(METHODS)('by %s scores, tunes and chooses as plain scikit-learn does, to 1e-9', async (method) => {
    const { table, scripts } = await material(name, scratch);
    const file = await pipelineWith({ pipeline: pipeline(name, method), data: () => table, scripts });
    const ended = await stack().cli('run', file, '--json');
    expect(ended.code, ended.stderr).toBe(0);
    const { base, tuned, winner, files } = answer.parse(JSON.parse(ended.stdout));
    const { fits } = whole.parse(JSON.parse((await stack().objects.readText(files.result)) ?? ''));
    expect([base.length, tuned.length, fits.length]).toEqual([3, 9, (3 + 9 + 1) * FOLDS]);

    const trials = [...base, ...tuned];
    const plain = await plainSearch(
      name,
      table,
      trials.map((each) => each.setting),
    );
    const [objective] = TASKS[name].metrics;
    for (const each of trials) {
      const expected = plain.scores[each.setting.id]?.[objective] ?? [];
      expect(each.scores).toHaveLength(FOLDS);
      for (const [fold, score] of each.scores.entries())
        expectNear(score, expected[fold], `${each.setting.id} ${fold}`);
      expectNear(each.mean, expected.reduce((sum, score) => sum + score, 0) / FOLDS, each.setting.id);
    }
    for (const fit of fits) {
      const of = fit.setting === 'winner' ? plain.winner : fit.setting;
      for (const metric of TASKS[name].metrics)
        expectNear(fit.metrics[metric], plain.scores[of]?.[metric]?.[fit.fold], `${fit.setting} ${fit.fold} ${metric}`);
    }

    const best = trials.find((each) => each.setting.id === plain.winner);
    expect(winner.setting).toEqual({ ...best?.setting, id: 'winner' });
    expectNear(winner.mean, plain.mean, 'the mean of the winner');
    // The choice was the tuning's, not that of the base settings.
    expect(tuned).toContain(best);
  });
});
