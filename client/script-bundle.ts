import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CrossfoldError } from '../core/errors.ts';
import type { Code } from '../core/run.ts';

/** The scripts that a run's jobs have beside them: the standard ones, replaced or extended by the pipeline's own. */
export interface ScriptBundle {
  /** Hash over names and contents; the name of the bundle's prefix in S3. */
  readonly hash: string;
  /** Path within the bundle (with `/`) → file. */
  readonly files: ReadonlyMap<string, string>;
  /** Hashes of what changes apart from the rest. */
  readonly parts: Pick<Code, 'common' | 'metrics' | 'algorithms'>;
}

/** Where algorithms are: ours, and the pipeline's own, which stand in for ours of the same name. */
const ALGORITHM = /^(?:crossfold\/)?algorithms\/([a-z][a-z0-9_]*)\.py$/;
const METRICS = 'metrics.py';
/** Digits of a hash in names. */
const DIGITS = 32;

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
  const hashes = await hashesOf(files, own);
  return { files, hash: bundled(hashes, () => true), parts: partsOf(hashes) };
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

function partsOf(hashes: ReadonlyMap<string, string>): ScriptBundle['parts'] {
  const names = new Set([...hashes.keys()].flatMap((path) => ALGORITHM.exec(path)?.[1] ?? []));
  return {
    common: bundled(hashes, (path) => path !== METRICS && !ALGORITHM.test(path)),
    metrics: bundled(hashes, (path) => path === METRICS),
    algorithms: Object.fromEntries(
      [...names].map((name) => [name, bundled(hashes, (path) => ALGORITHM.exec(path)?.[1] === name)]),
    ),
  };
}

/** One hash over names and contents of the files that `keep` names. */
function bundled(hashes: ReadonlyMap<string, string>, keep: (path: string) => boolean): string {
  const hash = createHash('sha256');
  for (const [path, content] of hashes) if (keep(path)) hash.update(`${path}\0${content}\n`);
  return hash.digest('hex').slice(0, DIGITS);
}

/** Each file's hash, in the order of their names. */
async function hashesOf(files: ReadonlyMap<string, string>, own: string): Promise<Map<string, string>> {
  let bytes = 0;
  const hashes = new Map<string, string>();
  for (const [name, path] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    bytes += (await lstat(path)).size;
    if (bytes > BYTES_LIMIT || files.size > FILES_LIMIT) {
      throw new CrossfoldError(
        'PipelineInvalid',
        `${own} holds more than ${BYTES_LIMIT / 1024 / 1024} MB or ${FILES_LIMIT} files; keep data out of it.`,
      );
    }
    hashes.set(
      name,
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
  }
  return hashes;
}
