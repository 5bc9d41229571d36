import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const TITANIC = fileURLToPath(new URL('../../examples/titanic', import.meta.url));
const made: string[] = [];

/** What a test's pipeline has that the Titanic example has not. */
export interface Changes {
  /** The pipeline file; without it the example's. */
  readonly pipeline?: string;
  /** Changes the data file's text, or gives its bytes. */
  readonly data?: (titanic: string) => string | Buffer;
  /** Files of the scripts folder, by name. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Makes a pipeline of a test's own from the Titanic example; the answer is the path of its pipeline file. */
export async function pipelineWith(changes: Changes): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'crossfold-pipeline-'));
  made.push(folder);
  await cp(TITANIC, folder, { recursive: true });
  const file = join(folder, 'pipeline.yaml');
  if (changes.pipeline !== undefined) await writeFile(file, changes.pipeline);
  if (changes.data !== undefined) {
    const data = join(folder, 'titanic.csv');
    await writeFile(data, changes.data(await readFile(data, 'utf8')));
  }
  for (const [name, text] of Object.entries(changes.scripts ?? {})) {
    const script = join(folder, 'scripts', name);
    await mkdir(dirname(script), { recursive: true });
    await writeFile(script, text);
  }
  return file;
}

/** Deletes what `pipelineWith` made, after the tests of a file. */
export function cleanPipelines(): void {
  afterAll(async () => {
    await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
}

/** A small pipeline: two folds, one fast algorithm, no tuning, no endpoint. */
export const SMALL = `pipeline: small
data: { file: titanic.csv }
split: { folds: 2 }
algorithms:
  logistic_regression: { hyperparameters: { C: 1.0 } }
`;

/** A pipeline whose fits each take `seconds`, so that something can happen in the middle of a run. */
export function slowPipeline(seconds: number): Changes {
  return {
    pipeline: `pipeline: slow
data: { file: titanic.csv }
split: { folds: 3 }
algorithms:
  slow: { hyperparameters: { seconds: ${seconds} } }
`,
    scripts: { 'algorithms/slow.py': SLOW },
  };
}

const SLOW = `"""A logistic regression that takes its time."""

import time

from sklearn.linear_model import LogisticRegression


class Slow(LogisticRegression):
    """Sleeps before it fits."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = seconds

    def fit(self, X, y):
        time.sleep(self.seconds)
        return super().fit(X, y)


def build(hyperparameters, seed):
    return Slow(**hyperparameters)
`;
