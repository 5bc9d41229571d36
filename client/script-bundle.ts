import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CrossfoldError } from '../core/errors.ts';

/** The scripts that a run's jobs have beside them: the standard ones, replaced or extended by the pipeline's own. */
export interface ScriptBundle {
  /** Hash over names and contents; the name of the bundle's prefix in S3. */
  readonly hash: string;
  /** Path within the bundle (with `/`) → file. */
  readonly files: ReadonlyMap<string, string>;
}

/** More than this is data, not code. */
const FILES_LIMIT = 1000;
const BYTES_LIMIT = 20 * 1024 * 1024;

/** The pipeline's own files may replace entry points; the library behind them is one piece. */
const RESERVED = /^crossfold\//;

/**
 * Gathers the script bundle.
 *
 * @param standard folder of the standard scripts
 * @param own the pipeline's folder
 * @throws CrossfoldError PipelineInvalid: the folder or its preprocessing.py is missing, a link, or it is too large
 */
export async function gatherScripts(standard: string, own: string): Promise<ScriptBundle> {
  const ownFiles = await filesBelow(own).catch((error: unknown) => {
    throw new CrossfoldError('PipelineInvalid', `the scripts folder ${own} cannot be read: ${String(error)}`, {
      cause: error,
    });
  });
  if (!ownFiles.includes('preprocessing.py')) {
    throw new CrossfoldError(
      'PipelineInvalid',
      `${own} has no preprocessing.py: it names the columns and builds the preprocessing; see examples/titanic/scripts.`,
    );
  }
  const reserved = ownFiles.find((file) => RESERVED.test(file));
  if (reserved !== undefined) {
    throw new CrossfoldError(
      'PipelineInvalid',
      `${join(own, reserved)}: the folder name crossfold/ is taken by the standard scripts; rename it.`,
    );
  }
  const files = new Map<string, string>();
  for (const file of await filesBelow(standard)) files.set(file, join(standard, file));
  for (const file of ownFiles) files.set(file, join(own, file));
  return { files, hash: await hashOf(files, own) };
}

async function filesBelow(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === '__pycache__' || entry.name.endsWith('.pyc')) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, path)));
    else if (entry.isFile()) found.push(path);
    else
      throw new CrossfoldError(
        'PipelineInvalid',
        `${join(folder, path)} is no regular file; put a copy there instead of a link.`,
      );
  }
  return found;
}

async function hashOf(files: ReadonlyMap<string, string>, own: string): Promise<string> {
  let bytes = 0;
  const hash = createHash('sha256');
  for (const [name, path] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    bytes += (await lstat(path)).size;
    if (bytes > BYTES_LIMIT || files.size > FILES_LIMIT) {
      throw new CrossfoldError(
        'PipelineInvalid',
        `${own} holds more than ${BYTES_LIMIT / 1024 / 1024} MB or ${FILES_LIMIT} files; keep data out of it.`,
      );
    }
    hash.update(
      `${name}\0${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}\n`,
    );
  }
  return hash.digest('hex').slice(0, 32);
}
