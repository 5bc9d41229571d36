import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { validation } from '../errors.ts';
import type { Objects } from '../objects.ts';
import { unpack } from './archive.ts';

type HyperParameters = Readonly<Record<string, string>>;

/** Hyperparameters that speak to the training toolkit, not to the script. */
const RESERVED = /^sagemaker_/;

/** A value as the SDK sends it: JSON where it is some, else text. */
function decoded(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}

/** Puts the scripts of script mode into /opt/ml/code: from a tar.gz in S3, or from a prefix. */
export async function unpackScripts(hyperparameters: HyperParameters, ml: string, objects: Objects): Promise<void> {
  const uri = decoded(hyperparameters['sagemaker_submit_directory']);
  if (uri === undefined || !uri.startsWith('s3://')) return;
  const found = await objects.below(uri.endsWith('.gz') || uri.endsWith('/') ? uri : `${uri}/`);
  const [first] = found;
  if (first === undefined) throw validation(`No S3 objects found under S3 URL "${uri}".`);
  if (!uri.endsWith('.gz')) {
    for (const { object, path } of found) await objects.download(object, join(ml, 'code', path));
    return;
  }
  const archive = join(ml, '../scripts.tar.gz');
  await objects.download(first.object, archive);
  await unpack(archive, join(ml, 'code'));
  await rm(archive);
}

/** The command of script mode: the program, its hyperparameters as arguments in the order of their names. */
export function scriptCommand(hyperparameters: HyperParameters, base: string): string[] {
  const program = decoded(hyperparameters['sagemaker_program']);
  if (program === undefined) {
    throw validation(
      'The job names no command: give AlgorithmSpecification.ContainerEntrypoint, or the hyperparameter sagemaker_program.',
    );
  }
  const words = Object.entries(hyperparameters)
    .filter(([name]) => !RESERVED.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => [`${name.length === 1 ? '-' : '--'}${name}`, decoded(value) ?? '']);
  return ['python3', `${base}/code/${program}`, ...words];
}

/** The SM_* variables of the training toolkit. Names keep their dashes, which is why no shell may come in between. */
export function toolkitVariables(job: {
  readonly base: string;
  readonly hyperparameters: HyperParameters;
  readonly channels: readonly string[];
  readonly instanceType: string;
}): Record<string, string> {
  const { base, channels } = job;
  const own = Object.entries(job.hyperparameters).filter(([name]) => !RESERVED.test(name));
  return {
    SM_MODEL_DIR: `${base}/model`,
    SM_INPUT_DIR: `${base}/input`,
    SM_INPUT_CONFIG_DIR: `${base}/input/config`,
    SM_OUTPUT_DIR: `${base}/output`,
    SM_OUTPUT_DATA_DIR: `${base}/output/data`,
    SM_CHANNELS: JSON.stringify([...channels].sort()),
    SM_HPS: JSON.stringify(Object.fromEntries(own.map(([name, value]) => [name, decoded(value)]))),
    SM_HOSTS: '["algo-1"]',
    SM_CURRENT_HOST: 'algo-1',
    SM_CURRENT_INSTANCE_TYPE: job.instanceType,
    SM_MODULE_DIR: `${base}/code`,
    ...Object.fromEntries(channels.map((name) => [`SM_CHANNEL_${name.toUpperCase()}`, `${base}/input/data/${name}`])),
    ...Object.fromEntries(own.map(([name, value]) => [`SM_HP_${name.toUpperCase()}`, decoded(value) ?? ''])),
  };
}
