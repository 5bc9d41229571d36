import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { CrossfoldError } from '../../core/errors.ts';

/** A result is small numbers: more than this, before or after it is unpacked, is not one. */
const LIMIT = 16 * 1024 * 1024;

/**
 * Reads one file from a `.tar.gz`, in memory and nowhere else: names and links of the archive are never followed.
 *
 * @returns undefined where the archive has no such file
 * @throws CrossfoldError ResultMissing when the archive is damaged or the file is too large
 */
export async function readArchived(archive: Readable, file: string): Promise<string | undefined> {
  const entries = extract();
  const gunzip = createGunzip();
  const fail = (error: Error): void => {
    entries.destroy(error);
  };
  archive.on('error', fail);
  gunzip.on('error', fail);
  archive.pipe(gunzip).pipe(entries);
  try {
    for await (const entry of entries) {
      if (entry.header.type === 'file' && entry.header.name.replace(/^\.\//, '') === file) {
        return await textOf(entry, file);
      }
      entry.resume();
    }
    return undefined;
  } catch (error) {
    if (error instanceof CrossfoldError) throw error;
    throw new CrossfoldError('ResultMissing', `the archive with ${file} cannot be read: ${String(error)}`, {
      cause: error,
    });
  } finally {
    archive.destroy();
    gunzip.destroy();
  }
}

async function textOf(entry: AsyncIterable<unknown>, file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of entry) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > LIMIT) throw new CrossfoldError('ResultMissing', `${file} is larger than ${LIMIT} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
