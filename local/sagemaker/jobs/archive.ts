import { mkdir } from 'node:fs/promises';
import { create, extract } from 'tar';
import { ServiceError } from '../errors.ts';

/** Most bytes that an archive may unpack to. */
const LIMIT = 10 * 1024 ** 3;

/** Packs the content of a folder; links go in as they are and are not followed. */
export async function pack(folder: string, file: string): Promise<void> {
  await create({ gzip: { level: 1 }, file, cwd: folder, portable: true }, ['.']);
}

/**
 * Unpacks a `.tar.gz` into a folder: files and folders below it, and nothing else.
 *
 * @throws ServiceError ValidationException for an archive with an absolute path, `..`, a link, a device, or too much in it
 */
export async function unpack(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  let bytes = 0;
  let fault: string | undefined;
  await extract({
    file,
    cwd: folder,
    strict: true,
    preservePaths: true,
    filter(path, entry) {
      const type = 'type' in entry ? entry.type : 'File';
      bytes += entry.size;
      if (path.startsWith('/') || path.split(/[\\/]/).includes('..')) fault ??= `${path} would leave its folder`;
      else if (!['File', 'OldFile', 'ContiguousFile', 'Directory'].includes(type)) fault ??= `${path} is a ${type}`;
      else if (bytes > LIMIT) fault ??= `it unpacks to more than ${LIMIT} bytes`;
      return fault === undefined;
    },
  }).catch((error: unknown) => {
    fault ??= String(error);
  });
  if (fault !== undefined) throw new ServiceError('ValidationException', `The archive is refused: ${fault}.`);
}
