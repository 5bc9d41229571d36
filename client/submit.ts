import { randomBytes, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline as pipeThrough } from 'node:stream/promises';
import type { ObjectStore } from '../activities/objects.ts';
import { requireSetting, type Settings } from '../config/settings.ts';
import { CrossfoldError } from '../core/errors.ts';
import { codePrefix, dataObject } from '../core/layout.ts';
import { runId } from '../core/names.ts';
import type { RunTemplate } from '../core/retrain.ts';
import type { Patience, RunInput } from '../core/run.ts';
import type { PipelineSource } from './pipeline-source.ts';
import { parentsOf } from './warm-start.ts';

/** The longest that an endpoint may take, and that a stopped job may take to end, milliseconds. */
const ENDPOINT_MS = 60 * 60_000;
const STOP_MS = 60 * 60_000;

/** Hands over data and scripts to S3, each under the hash of its content, and puts together a run's input. */
export async function prepareRun(
  source: PipelineSource,
  settings: Settings,
  objects: ObjectStore,
  now: Date,
  reuse: boolean,
): Promise<RunInput> {
  const input = await inputOf(source, settings, objects, now, reuse);
  await handOverScripts(source, input, objects);
  if (source.dataFile !== undefined) await objects.writeFileOnce(input.data.uri, source.dataFile);
  return input;
}

/** Hands over the scripts to S3, and puts together what all runs of a schedule have in common. */
export async function prepareTemplate(
  source: PipelineSource,
  settings: Settings,
  objects: ObjectStore,
  reuse: boolean,
): Promise<RunTemplate> {
  const template = await templateOf(source, settings, objects, reuse);
  await handOverScripts(source, template, objects);
  return template;
}

/** The input of a run of these files, without handing anything over. */
export async function inputOf(
  source: PipelineSource,
  settings: Settings,
  objects: ObjectStore,
  now: Date,
  reuse: boolean,
): Promise<RunInput> {
  const template = await templateOf(source, settings, objects, reuse);
  const { pipeline, prefix } = template;
  const data =
    pipeline.data.uri === undefined
      ? await placeOf(source.dataFile, prefix, pipeline.pipeline)
      : { uri: pipeline.data.uri, version: await versionOf(pipeline.data.uri, objects) };
  return { ...template, run: runId(now, randomBytes(2).toString('hex')), data };
}

async function templateOf(
  { pipeline, scripts }: PipelineSource,
  settings: Settings,
  objects: ObjectStore,
  reuse: boolean,
): Promise<RunTemplate> {
  const prefix = requireSetting(settings, 'prefix');
  const image = pipeline.jobs.image ?? requireSetting(settings, 'image');
  const role = requireSetting(settings, 'role');
  const parents = await parentsOf(pipeline, prefix, objects);
  return {
    pipeline,
    prefix,
    code: { uri: codePrefix(prefix, pipeline.pipeline, scripts.hash), ...scripts.parts },
    image,
    role,
    console: settings.consoleUrl ?? null,
    reuse,
    slots: settings.slots,
    ...(parents.length > 0 && { parents }),
    patience: patienceOf(settings),
  };
}

async function handOverScripts(
  { scripts }: PipelineSource,
  { code }: Pick<RunTemplate, 'code'>,
  objects: ObjectStore,
): Promise<void> {
  await Promise.all([...scripts.files].map(([name, path]) => objects.writeFileOnce(`${code.uri}${name}`, path)));
}

/** How long workflows wait for what. */
export function patienceOf({ heartbeatMs }: Settings): Patience {
  return { heartbeat: heartbeatMs, endpoint: ENDPOINT_MS, stop: STOP_MS };
}

/** Where a data file is in S3, by its content. */
async function placeOf(file: string | undefined, prefix: string, pipeline: string): Promise<RunInput['data']> {
  if (file === undefined) throw new TypeError('a pipeline has a data file or a data uri');
  const hash = createHash('sha256');
  await pipeThrough(createReadStream(file), hash);
  const version = hash.digest('hex').slice(0, 32);
  return { uri: dataObject(prefix, pipeline, version, basename(file)), version };
}

/**
 * What tells this content of a table in S3 from another.
 *
 * @throws CrossfoldError PipelineInvalid where there is no object
 */
export async function versionOf(uri: string, objects: ObjectStore): Promise<string> {
  const version = await objects.version(uri);
  if (version !== undefined) return version;
  throw new CrossfoldError(
    'PipelineInvalid',
    `data.uri: found ${uri}, where there is no object; give an object that is there.`,
  );
}
