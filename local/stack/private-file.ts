import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { CrossfoldError } from '../../core/errors.ts';

/** Writes JSON that only this user may read, whole or not at all. */
export function writePrivateJson(file: string, value: unknown): void {
  const draft = `${file}.${randomUUID()}`;
  makePrivateFolder(dirname(file));
  writeFileSync(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/**
 * Reads such a file; undefined where there is none.
 *
 * @throws CrossfoldError StackFailed where it is not what `schema` says
 */
export function readPrivateJson<T extends z.ZodType>(file: string, schema: T): z.infer<T> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CrossfoldError(
      'StackFailed',
      `${file} is damaged. Run 'crossfold down --purge' to remove the local stack's state and start anew.`,
      { cause: error },
    );
  }
}

/** Makes a folder that only this user may enter, also where it was there before. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}
