import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CrossfoldError } from '../core/errors.ts';
import { parsePipeline } from '../core/pipeline-source.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { Task } from '../core/task.ts';
import { gatherScripts, type ScriptBundle } from './script-bundle.ts';

/** A checked pipeline with the files that belong to it. */
export interface PipelineSource {
  readonly pipeline: Pipeline;
  /** The data file on this machine; undefined where the data is in S3. */
  readonly dataFile: string | undefined;
  readonly scripts: ScriptBundle;
}

/**
 * Reads a pipeline file and everything that it names.
 *
 * @param standardScripts folder of the standard scripts
 * @throws CrossfoldError PipelineInvalid
 */
export async function readPipeline(file: string, standardScripts: string): Promise<PipelineSource> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CrossfoldError('PipelineInvalid', `${file} cannot be read: ${String(error)}`, { cause: error });
  });
  const pipeline = parsePipeline(text, file);
  const folder = dirname(resolve(file));
  const dataFile = pipeline.data.file === undefined ? undefined : resolve(folder, pipeline.data.file);
  if (dataFile !== undefined) await requireFile(dataFile, file);
  const scripts = await gatherScripts(standardScripts, resolve(folder, pipeline.scripts));
  await requireAlgorithms(pipeline, scripts, file);
  return { pipeline, dataFile, scripts };
}

async function requireFile(dataFile: string, file: string): Promise<void> {
  const found = await stat(dataFile).catch(() => undefined);
  if (found?.isFile() === true) return;
  throw new CrossfoldError(
    'PipelineInvalid',
    `${file}: data.file: found ${dataFile}, which is no file; give its path from ${file}.`,
  );
}

/** The function that an algorithm's file has for a task. */
const BUILDERS: Readonly<Record<Task, string>> = { classification: 'build', regression: 'build_regressor' };

/** An algorithm is a file: one that is missing, or is for another task, would fail only after the machines have started. */
async function requireAlgorithms(pipeline: Pipeline, scripts: ScriptBundle, file: string): Promise<void> {
  const known = await algorithmsFor(pipeline.task, scripts);
  const unknown = Object.keys(pipeline.algorithms).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new CrossfoldError(
    'PipelineInvalid',
    `${file}: algorithms: found ${unknown.join(', ')}; allowed with task ${pipeline.task}: ${known.join(', ')}, ` +
      `or add algorithms/${unknown[0] ?? ''}.py to the scripts folder.`,
  );
}

/** The algorithms for a task. What a file of the pipeline's own defines only Python can tell: the split looks at it. */
async function algorithmsFor(task: Task, scripts: ScriptBundle): Promise<string[]> {
  const names = new Set<string>();
  for (const [path, script] of scripts.files) {
    const [, standard, name] = /^(crossfold\/)?algorithms\/([a-z][a-z0-9_]*)\.py$/.exec(path) ?? [];
    if (name === undefined) continue;
    const own = standard === undefined;
    if (own || (await readFile(script, 'utf8')).includes(`def ${BUILDERS[task]}(`)) names.add(name);
  }
  return [...names].sort();
}
