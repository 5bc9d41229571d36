import { randomUUID } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** A file with so much in it goes to S3: lines, characters. */
const LINE_LIMIT = 1000;
const SIZE_LIMIT = 16 * 1024 ** 2;

/** Captured lines that wait on disk for their object in S3. The file's own first line is the object's URI. */
export class CaptureFile {
  readonly path: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly #uri: string;
  #lines = 0;
  #size = 0;
  #handle: FileHandle | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(folder: string, uri: string, since: number) {
    this.path = join(folder, `${randomUUID()}.jsonl`);
    this.#uri = uri;
    this.since = since;
  }

  /** Adds a line; it outlives this process once that is done. Where it fails, nothing can be added any more. */
  append(line: string): Promise<void> {
    const text = this.#lines === 0 ? `${this.#uri}\n${line}\n` : `${line}\n`;
    this.#lines += 1;
    this.#size += text.length;
    this.#written = this.#written.then(async () => {
      this.#handle ??= await open(this.path, 'a', 0o600);
      await this.#handle.appendFile(text);
    });
    return this.#written;
  }

  get isFull(): boolean {
    return this.#lines >= LINE_LIMIT || this.#size >= SIZE_LIMIT;
  }

  /** Ends the file once all that was added is written, or given up. */
  async end(): Promise<void> {
    await this.#written.catch(() => undefined);
    await this.#handle?.close();
  }
}

/** The object that a file is to become: its whole lines. Undefined where there is none, as a process ended early. */
export async function objectOf(path: string): Promise<{ uri: string; text: string } | undefined> {
  const content = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const [first, last] = [content.indexOf('\n'), content.lastIndexOf('\n')];
  return first === last ? undefined : { uri: content.slice(0, first), text: content.slice(first + 1, last + 1) };
}
