import { createHash } from 'node:crypto';
import { copyFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import type { ObjectEntry, Objects } from '../objects.ts';
import { splitUri } from '../objects.ts';

/** What a job reads: objects in S3, and the folder that they are put into. */
export interface Input {
  readonly uri: string;
  readonly type: 'S3Prefix' | 'ManifestFile';
  readonly folder: string;
}

const manifest = z.tuple([z.object({ prefix: z.string() })]).rest(z.string());

/** Downloads at once, for one input. */
const PARALLEL = 16;
/** Kept files up to this size, bytes, are copied at once: to hand a copy over to another thread takes longer. */
const SMALL = 64 * 1024;

/**
 * Fetches inputs. Objects under a prefix that names its content (`…/<hash>/…`) are kept, so that the hundred jobs of a run
 * fetch its code once.
 */
export class InputFetcher {
  readonly #objects: Objects;
  readonly #cache: string;

  constructor(objects: Objects, cache: string) {
    this.#objects = objects;
    this.#cache = cache;
  }

  /**
   * @throws InputError where nothing is there, or a key would leave the folder
   */
  async fetch({ uri, type, folder }: Input): Promise<void> {
    await mkdir(folder, { recursive: true });
    const found = type === 'ManifestFile' ? await this.#manifest(uri) : await this.#objects.below(uri);
    if (found.length === 0) throw new InputError(`No S3 objects found under S3 URL "${uri}".`);
    const placed = found.map(({ object, path }) => ({ object, file: inside(folder, path) }));
    for (const each of new Set(placed.map(({ file }) => dirname(file)))) await mkdir(each, { recursive: true });
    const queue = placed.values();
    const lane = async (): Promise<void> => {
      for (const { object, file } of queue) await this.#place(object, file);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, found.length) }, lane));
  }

  async #manifest(uri: string): Promise<{ object: ObjectEntry; path: string }[]> {
    const [{ prefix }, ...keys] = manifest.parse(JSON.parse(await this.#objects.text(splitUri(uri))));
    return keys.map((key) => ({ object: splitUri(prefix + key), path: key }));
  }

  async #place(object: ObjectEntry, file: string): Promise<void> {
    if (!/\/[0-9a-f]{32,64}\//.test(object.Key)) {
      await this.#objects.download(object, file);
      return;
    }
    const kept = join(this.#cache, createHash('sha256').update(`${object.Bucket}/${object.Key}`).digest('hex'));
    const known = statSync(kept, { throwIfNoEntry: false });
    if (known === undefined) {
      const whole = `${kept}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      await this.#objects.download(object, whole);
      await rename(whole, kept);
    }
    if (known !== undefined && known.size <= SMALL) copyFileSync(kept, file);
    else await copyFile(kept, file);
  }
}

/** An input that is the caller's fault. */
export class InputError extends Error {}

/** The path of a key below a folder; a key may hold anything, also `..`. */
function inside(folder: string, path: string): string {
  const file = normalize(join(folder, path));
  if (!file.startsWith(folder + sep)) throw new InputError(`The key ${path} would leave the folder of its input.`);
  return file;
}
