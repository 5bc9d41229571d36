/**
 * Where a run's files are in S3. No key is also the folder of another, and every prefix ends in `/`
 * (`fold-1` would also match `fold-10`).
 */
export interface RunLayout {
  /** The run's own prefix; nothing outside it is written by the run. */
  readonly root: string;
  readonly split: string;
  /** The split's row numbers. */
  readonly foldsFile: string;
  /** The training rows, as a table. */
  readonly trainTable: string;
  /** The holdout rows, as a table. */
  readonly holdoutTable: string;
  readonly jobs: string;
  readonly evaluation: string;
  readonly smokeFile: string;
  readonly resultFile: string;
  fold(fold: number): string;
}

/** The layout of one run below `prefix` (`s3://bucket/prefix`, no slash at its end). */
export function runLayout(prefix: string, pipeline: string, run: string): RunLayout {
  const root = `${prefix}/${pipeline}/runs/${run}/`;
  return {
    root,
    split: `${root}split/`,
    foldsFile: `${root}split/folds.json`,
    trainTable: `${root}split/train/`,
    holdoutTable: `${root}split/holdout/`,
    jobs: `${root}jobs/`,
    evaluation: `${root}evaluation/`,
    smokeFile: `${root}evaluation/smoke.json`,
    resultFile: `${root}result.json`,
    fold: (fold) => `${root}folds/fold-${fold}/`,
  };
}

/** The prefix of a script bundle, by the hash of its content. */
export function codePrefix(prefix: string, pipeline: string, hash: string): string {
  return `${prefix}/${pipeline}/code/${hash}/`;
}

/** The object of a data file, by the hash of its content. */
export function dataObject(prefix: string, pipeline: string, hash: string, fileName: string): string {
  return `${prefix}/${pipeline}/data/${hash}/${fileName}`;
}
