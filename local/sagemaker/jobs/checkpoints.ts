import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Objects } from '../objects.ts';

/** Time between two looks at a running job's checkpoints, milliseconds. */
const SYNC_MS = 500;

/** Puts what was checkpointed before into the job's folder. */
export async function restoreCheckpoints(objects: Objects, uri: string, folder: string): Promise<void> {
  for (const { object, path } of await objects.below(asFolder(uri))) await objects.download(object, join(folder, path));
}

/**
 * Keeps a job's checkpoints in S3 while it runs.
 *
 * @param failed told of a look that failed; the next one tries again
 * @returns what ends the looking, after a last one
 */
export function keepCheckpoints(
  objects: Objects,
  uri: string,
  folder: string,
  failed: (error: unknown) => void,
): () => Promise<void> {
  const kept = new Map<string, string>();
  let over = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = join(entry.parentPath, entry.name);
      const found = await stat(file).catch(() => undefined);
      const mark = found === undefined ? undefined : `${found.mtimeMs}/${found.size}`;
      if (mark === undefined || kept.get(file) === mark) continue;
      await objects.upload(file, asFolder(uri) + file.slice(folder.length + 1));
      kept.set(file, mark);
    }
  }

  const again = async (): Promise<void> => {
    await look().catch(failed);
    if (over) return;
    timer = setTimeout(() => {
      looking = again();
    }, SYNC_MS);
  };
  let looking = again();
  return async () => {
    over = true;
    clearTimeout(timer);
    await looking;
    await look();
  };
}

function asFolder(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}
