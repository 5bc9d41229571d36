/**
 * Where files are in S3. No key is also the folder of another, and every prefix ends in `/` (`fold-1` would also match
 * `fold-10`). What is keyed by its content belongs to the pipeline, so that runs can share it.
 */

/** What a run found, for programs. */
export function resultFile(prefix: string, pipeline: string, run: string): string {
  return `${runRoot(prefix, pipeline, run)}result.json`;
}

/** The page that tells people what a run found. */
export function reportFile(prefix: string, pipeline: string, run: string): string {
  return `${runRoot(prefix, pipeline, run)}report.html`;
}

/** Whether jobs of a run may start, as a pause leaves it; absent for a run that was never paused. A retry has one of its own. */
export function holdFile(prefix: string, pipeline: string, run: string, token: string): string {
  return `${runRoot(prefix, pipeline, run)}hold-${token}.json`;
}

/** The run's own prefix. */
export function runRoot(prefix: string, pipeline: string, run: string): string {
  return `${prefix}/${pipeline}/runs/${run}/`;
}

/** What is kept under a key, below a pipeline's home (`s3://bucket/prefix/pipeline`). */
export function cachePrefix(home: string, key: string): string {
  return `${home}/cache/${key}/`;
}

/** The object that tells that a step is done, and what it found: written last. */
export function successMarker(home: string, key: string): string {
  return `${cachePrefix(home, key)}_SUCCESS`;
}

/** Below this every training job has its output, in a folder of its name. */
export function jobsPrefix(home: string): string {
  return `${home}/jobs/`;
}

/** What the split leaves: row numbers, and the rows as two tables. */
export function splitFiles(split: string): { folds: string; train: string; holdout: string } {
  return { folds: `${split}folds.json`, train: `${split}train/`, holdout: `${split}holdout/` };
}

/** Rows that the endpoint is asked, below the output of the evaluation. */
export function smokeFile(evaluation: string): string {
  return `${evaluation}smoke.json`;
}

/** What the report draws of the final model, below the output of the evaluation. */
export function evaluationFiles(evaluation: string): { curves: string; importance: string; bias: string } {
  const file = (name: string): string => `${evaluation}${name}.json`;
  return { curves: file('curves'), importance: file('importance'), bias: file('bias') };
}

/** The prefix of a script bundle, by the hash of its content. */
export function codePrefix(prefix: string, pipeline: string, hash: string): string {
  return `${prefix}/${pipeline}/code/${hash}/`;
}

/** The object of a data file, by the hash of its content. */
export function dataObject(prefix: string, pipeline: string, hash: string, fileName: string): string {
  return `${prefix}/${pipeline}/data/${hash}/${fileName}`;
}

/** What an endpoint config of a pipeline's serves. */
export function championFile(home: string, config: string): string {
  return `${home}/champions/${config}.json`;
}

/** Where what an endpoint config's endpoint is asked is captured. */
export function capturedPrefix(home: string, config: string): string {
  return `${home}/captured/${config}/`;
}

/** The copy of a table as it was at one time, by the key of that; its file name stays. */
export function pinnedData(home: string, key: string, uri: string): string {
  return `${home}/data/${key}/${uri.slice(uri.lastIndexOf('/') + 1)}`;
}
