import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { logFolder } from '../endpoints/fleet.ts';

const GROUP = '/aws/sagemaker/Endpoints/';
const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** A log as CloudWatch Logs shows it: a file, by the name of its stream. */
export interface LogStream {
  readonly name: string;
  readonly file: string;
  /** Epoch milliseconds. */
  readonly created: number;
}

/**
 * The log groups of endpoints, those that are gone as well.
 *
 * @param folder the folder of the model servers' folders
 */
export async function endpointGroups(folder: string): Promise<string[]> {
  return (await namesIn(logFolder(folder, ''))).map((endpoint) => GROUP + endpoint);
}

/** A stream for each machine that a variant had, in order of their names; undefined where the group is no endpoint's. */
export async function endpointStreams(folder: string, group: string): Promise<LogStream[] | undefined> {
  const endpoint = group.startsWith(GROUP) ? group.slice(GROUP.length) : '';
  if (!NAME.test(endpoint)) return undefined;
  const base = logFolder(folder, endpoint);
  const variants = await namesIn(base);
  if (variants.length === 0) return undefined;
  const streams = await Promise.all(
    variants.map(async (variant) =>
      Promise.all((await namesIn(join(base, variant))).map((file) => streamOf(base, variant, file))),
    ),
  );
  return streams.flat();
}

async function streamOf(base: string, variant: string, name: string): Promise<LogStream> {
  const file = join(base, variant, name);
  const { birthtimeMs } = await stat(file);
  return { name: `${variant}/${name.replace(/\.log$/, '')}`, file, created: Math.floor(birthtimeMs) };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
