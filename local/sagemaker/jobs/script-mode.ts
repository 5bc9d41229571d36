import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { validation } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Objects } from '../objects.ts';
import { unpack } from './archive.ts';
import { mlPath } from './container.ts';
import type { Launch } from './fork-server.ts';

type HyperParameters = Readonly<Record<string, string>>;

/** Hyperparameters that speak to the training toolkit, not to the script. */
const RESERVED = /^(sagemaker_|_tuning_objective_metric$)/;

/** A value as the SDK sends it: JSON where it is some, else text. */
function decoded(value: string): Json {
  try {
    const parsed: unknown = JSON.parse(value);
    return isJson(parsed) ? parsed : value;
  } catch {
    return value;
  }
}

function text(value: string | undefined): string | undefined {
  const found = value === undefined ? undefined : decoded(value);
  return typeof found === 'string' || found === undefined ? found : JSON.stringify(found);
}

/** What JSON.parse gives is JSON. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}

/**
 * Puts the scripts that a job or a model names into a folder: from a tar.gz in S3, or from a prefix.
 *
 * @throws ServiceError ValidationException where nothing is there, or the archive is refused
 */
export async function fetchScripts(uri: string, folder: string, objects: Objects): Promise<void> {
  const found = await objects.below(uri.endsWith('.gz') || uri.endsWith('/') ? uri : `${uri}/`);
  const [first] = found;
  if (first === undefined) throw validation(`No S3 objects found under S3 URL "${uri}".`);
  if (!uri.endsWith('.gz')) {
    for (const { object, path } of found) await objects.download(object, join(folder, path));
    return;
  }
  const archive = `${folder}.tar.gz`;
  await objects.download(first.object, archive);
  await unpack(archive, folder);
  await rm(archive);
}

/** Where script mode's hyperparameters say that the scripts are; undefined for an image that brings its own. */
export function submittedAt(hyperparameters: HyperParameters): string | undefined {
  const uri = text(hyperparameters['sagemaker_submit_directory']);
  return uri?.startsWith('s3://') === true ? uri : undefined;
}

/** The folder of the container that script mode's hyperparameters say the scripts are in: the toolkit copies it. */
export function submittedWithin(hyperparameters: HyperParameters): string | undefined {
  const path = text(hyperparameters['sagemaker_submit_directory']);
  return path !== undefined && mlPath.safeParse(path).success ? path : undefined;
}

/** A program as the training toolkit starts it, in the folder of the scripts. */
export interface Program {
  readonly run: Launch['run'];
  /** Whether what is beside it is installed first: its requirements, and itself where it is a package. */
  readonly installs: boolean;
}

/**
 * The program that script mode's hyperparameters name, with the others as its arguments in the order of their names. As in
 * the training toolkit it is a shell script, a module of a package that has a setup.py, a Python script, or a command.
 *
 * @param folder /opt/ml/code, where it is now
 * @param base /opt/ml as the job sees it
 * @throws ServiceError ValidationException where no program is named, or the named one is not there
 */
export async function programOf(hyperparameters: HyperParameters, folder: string, base: string): Promise<Program> {
  const named = text(hyperparameters['sagemaker_program']);
  if (named === undefined) {
    throw validation(
      'The job names no command: give AlgorithmSpecification.ContainerEntrypoint, or the hyperparameter sagemaker_program.',
    );
  }
  const files = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const args = userArguments(hyperparameters);
  if (!named.endsWith('.sh') && files.includes('setup.py'))
    return { run: { script: ['-m', named.replace(/\.py$/, ''), ...args] }, installs: true };
  const program = files.includes(named) ? named : `${named}.py`;
  if (!files.includes(program)) {
    throw validation(`The program ${named} is not among the files of sagemaker_submit_directory: ${files.join(', ')}`);
  }
  if (program.endsWith('.py')) return { run: { script: [program, ...args] }, installs: true };
  const file = join(folder, program);
  await chmod(file, 0o777);
  const path = `${base}/code/${program}`;
  // A file that does not say what runs it is the shell's.
  const command = (await readFile(file, 'latin1')).startsWith('#!') ? [path] : ['/bin/sh', path];
  return { run: { command: [...command, ...args] }, installs: false };
}

/** Hyperparameters as arguments: `--name value`, with one dash for a name of one letter. */
function userArguments(hyperparameters: HyperParameters): string[] {
  return own(hyperparameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => [`${name.length === 1 ? '-' : '--'}${name}`, argument(decoded(value))]);
}

/** A value as an argument: as Python's str() gives it, and a mapping as `a=1,b=2` (the toolkit's to_cmd_args). */
function argument(value: Json): string {
  if (value === null) return '';
  if (typeof value === 'object' && !Array.isArray(value)) {
    const items = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return items.map(([name, item]) => `${name}=${typeof item === 'string' ? item : python(item)}`).join(',');
  }
  return typeof value === 'string' ? value : python(value);
}

/** A value as Python's repr() gives it. */
function python(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([name, item]) => `${python(name)}: ${python(item)}`)
    .join(', ')}}`;
}

/** A value as a variable: text as it is, all else as JSON, nothing for null. */
function variable(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function own(hyperparameters: HyperParameters): [string, string][] {
  return Object.entries(hyperparameters).filter(([name]) => !RESERVED.test(name));
}

/** What the toolkit's variables are made of. */
export interface ToolkitJob {
  readonly name: string;
  readonly base: string;
  readonly hyperparameters: HyperParameters;
  readonly channels: readonly string[];
  readonly channelsConfig: Json;
  readonly resourceConfig: Json;
  readonly instanceType: string;
  readonly threads: number;
  /** What the image is for, as `sagemaker_sklearn_container.training:main`. */
  readonly framework: string;
}

/** The SM_* variables of the training toolkit. Names keep their dashes, which is why no shell may come in between. */
export function toolkitVariables(job: ToolkitJob): Record<string, string> {
  const { base, channels, hyperparameters } = job;
  const program = text(hyperparameters['sagemaker_program']);
  const values: JsonObject = Object.fromEntries(own(hyperparameters).map(([name, value]) => [name, decoded(value)]));
  const reserved: JsonObject = Object.fromEntries(
    Object.entries(hyperparameters)
      .filter(([name]) => RESERVED.test(name))
      .map(([name, value]) => [name, decoded(value)]),
  );
  const module = program?.replace(/\.py$/, '') ?? '';
  const plain = {
    SM_MODEL_DIR: `${base}/model`,
    SM_INPUT_DIR: `${base}/input`,
    SM_INPUT_CONFIG_DIR: `${base}/input/config`,
    SM_OUTPUT_DIR: `${base}/output`,
    SM_OUTPUT_DATA_DIR: `${base}/output/data`,
    SM_OUTPUT_INTERMEDIATE_DIR: `${base}/output/intermediate`,
    SM_CURRENT_HOST: 'algo-1',
    SM_CURRENT_INSTANCE_TYPE: job.instanceType,
    SM_CURRENT_INSTANCE_GROUP: 'homogeneousCluster',
    SM_NETWORK_INTERFACE_NAME: 'lo',
    SM_LOG_LEVEL: '20',
    SM_MODULE_DIR: text(hyperparameters['sagemaker_submit_directory']) ?? `${base}/code`,
    SM_MODULE_NAME: module,
    SM_USER_ENTRY_POINT: program ?? '',
    SM_FRAMEWORK_MODULE: job.framework,
    SM_NUM_NEURONS: '0',
  };
  const structured: Readonly<Record<string, Json>> = {
    SM_CHANNELS: [...channels].sort(),
    SM_HPS: values,
    SM_HOSTS: ['algo-1'],
    SM_USER_ARGS: userArguments(hyperparameters),
    SM_FRAMEWORK_PARAMS: reserved,
    SM_RESOURCE_CONFIG: job.resourceConfig,
    SM_INPUT_DATA_CONFIG: job.channelsConfig,
  };
  const channelFolders = channels.map((name): [string, string] => [name, `${base}/input/data/${name}`]);
  return {
    ...plain,
    ...Object.fromEntries(Object.entries(structured).map(([name, value]) => [name, JSON.stringify(value)])),
    ...Object.fromEntries(channelFolders.map(([name, path]) => [`SM_CHANNEL_${name.toUpperCase()}`, path])),
    ...Object.fromEntries(
      own(hyperparameters).map(([name, value]) => [`SM_HP_${name.toUpperCase()}`, variable(decoded(value))]),
    ),
    SM_TRAINING_ENV: JSON.stringify({
      channel_input_dirs: Object.fromEntries(channelFolders),
      current_host: 'algo-1',
      framework_module: job.framework,
      hosts: ['algo-1'],
      hyperparameters: values,
      input_config_dir: plain.SM_INPUT_CONFIG_DIR,
      input_data_config: job.channelsConfig,
      input_dir: plain.SM_INPUT_DIR,
      is_master: true,
      job_name: job.name,
      log_level: 20,
      master_hostname: 'algo-1',
      model_dir: plain.SM_MODEL_DIR,
      module_dir: plain.SM_MODULE_DIR,
      module_name: module,
      network_interface_name: 'lo',
      num_cpus: job.threads,
      num_gpus: 0,
      output_data_dir: plain.SM_OUTPUT_DATA_DIR,
      output_dir: plain.SM_OUTPUT_DIR,
      output_intermediate_dir: plain.SM_OUTPUT_INTERMEDIATE_DIR,
      resource_config: job.resourceConfig,
      user_entry_point: program ?? '',
    }),
  };
}
