import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Extract } from 'tar-stream';
import { CrossfoldError } from '../../../core/errors.ts';

/** A published archive that holds one program that we want. */
export interface Release {
  /** A .tar.gz. */
  readonly archive: string;
  /** The checksums published beside it: lines of `<sha256>  <file name>`. */
  readonly checksums: string;
  /** The archive's name in the checksums. */
  readonly fileName: string;
  /** The program's name in the archive, in whatever folder. */
  readonly program: string;
}

/** Time to the first byte, milliseconds: where a network refuses, building from source should not wait for it. */
const CONNECT_TIMEOUT_MS = 8_000;

/** More than any of the programs: what is larger is not one of them. */
const LARGEST_BYTES = 400_000_000;

/**
 * Fetches a release, checks it against its published checksum, and writes its program to `target`.
 *
 * @throws CrossfoldError StackFailed where it cannot be fetched, or is not what was published
 */
export async function downloadRelease(release: Release, target: string, signal?: AbortSignal): Promise<void> {
  const checksums = (await fetchBytes(release.checksums, 1_000_000, signal)).toString('utf8');
  const expected = checksums
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, name]) => name === release.fileName)?.[0];
  if (expected === undefined) {
    throw new CrossfoldError('StackFailed', `${release.checksums} has no line for ${release.fileName}`);
  }
  const archive = await fetchBytes(release.archive, LARGEST_BYTES, signal);
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== expected.toLowerCase()) {
    throw new CrossfoldError('StackFailed', `${release.archive} has the SHA-256 ${found}; published is ${expected}`);
  }
  await extractProgram(archive, release.program, target);
}

/** Writes the one program of an archive. No name or link of the archive reaches the file system. */
async function extractProgram(archive: Buffer, program: string, target: string): Promise<void> {
  const unpacked = extract();
  const reading = pipeline(Readable.from([archive]), createGunzip(), unpacked);
  const [, written] = await Promise.all([reading, writeProgram(unpacked, program, target)]);
  if (!written) throw new CrossfoldError('StackFailed', `the archive holds no file ${program}`);
}

async function writeProgram(entries: Extract, program: string, target: string): Promise<boolean> {
  let written = false;
  for await (const entry of entries) {
    const { name, type, size } = entry.header;
    if (written || type !== 'file' || name.split('/').at(-1) !== program) {
      entry.resume();
      continue;
    }
    if (size > LARGEST_BYTES)
      throw new CrossfoldError('StackFailed', `${name} in the archive is too large: ${size} bytes`);
    await pipeline(entry, createWriteStream(target, { mode: 0o755, flags: 'wx' }));
    written = true;
  }
  return written;
}

async function fetchBytes(url: string, largest: number, signal: AbortSignal | undefined): Promise<Buffer> {
  const connecting = new AbortController();
  const timer = setTimeout(() => {
    connecting.abort(new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`));
  }, CONNECT_TIMEOUT_MS);
  try {
    const signals = signal === undefined ? [connecting.signal] : [connecting.signal, signal];
    const answer = await fetch(url, { signal: AbortSignal.any(signals) });
    clearTimeout(timer);
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of Readable.fromWeb(answer.body)) {
      if (!(chunk instanceof Uint8Array)) throw new Error('not bytes');
      size += chunk.length;
      if (size > largest) throw new Error(`larger than ${largest} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    signal?.throwIfAborted();
    throw new CrossfoldError('StackFailed', `${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** What fetch hides in the cause of its 'fetch failed'. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
