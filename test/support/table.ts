import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { LocalStack } from './local-stack.ts';

const TITANIC = fileURLToPath(new URL('../../examples/titanic/titanic.csv', import.meta.url));

/** A row of the Titanic table, by column. */
export type Row = Readonly<Record<string, string>>;

/** The Titanic table as a table in S3 that changes. */
export class TableInS3 {
  readonly uri: string;
  readonly #stack: LocalStack;
  readonly #place: { readonly Bucket: string; readonly Key: string };
  #lines: string[] = [];

  constructor(stack: LocalStack, name: string) {
    this.#stack = stack;
    this.#place = { Bucket: stack.variables['CROSSFOLD_BUCKET'] ?? '', Key: `tables/${name}.csv` };
    this.uri = `s3://${this.#place.Bucket}/${this.#place.Key}`;
  }

  /** Puts the table there as it is in the example. */
  async begin(): Promise<void> {
    this.#lines = (await readFile(TITANIC, 'utf8')).trimEnd().split('\n');
    await this.#put();
  }

  /** Adds a copy of each row, changed; rows of one text would not be new. */
  async add(change: (row: Row, index: number) => Row, copies = 1): Promise<void> {
    const [header = '', ...lines] = (await readFile(TITANIC, 'utf8')).trimEnd().split('\n');
    const names = fields(header);
    const rows = lines.map((line) => Object.fromEntries(fields(line).map((value, at) => [names[at] ?? '', value])));
    for (let copy = 0; copy < copies; copy += 1) {
      this.#lines.push(...rows.map((row, index) => written(change(row, index + copy * rows.length), names)));
    }
    await this.#put();
  }

  async #put(): Promise<void> {
    await this.#stack.s3.send(new PutObjectCommand({ ...this.#place, Body: `${this.#lines.join('\n')}\n` }));
  }
}

function fields(line: string): string[] {
  return [...line.matchAll(/(?<=^|,)("(?:[^"]|"")*"|[^,"]*)(?=,|$)/g)].map(([value]) => value);
}

function written(row: Row, names: readonly string[]): string {
  return names.map((name) => row[name] ?? '').join(',');
}
