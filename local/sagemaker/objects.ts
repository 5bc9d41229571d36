import {
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where the endpoint's S3 is, and who asks it. */
export interface ObjectsSettings {
  readonly s3Url: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Files up to this size go up in one request: bytes. */
const ONE_PUT = 5 * 1024 ** 2;

/** One object in S3. */
export interface ObjectEntry {
  readonly Bucket: string;
  readonly Key: string;
}

/** What jobs read from S3 and leave there. */
export class Objects {
  readonly #s3: S3Client;

  constructor({ s3Url, region, credentials }: ObjectsSettings) {
    this.#s3 = new S3Client({ endpoint: s3Url, region, credentials, forcePathStyle: true, maxAttempts: 3 });
  }

  /**
   * The objects that an S3Prefix uri names. As on AWS a prefix is text: `s3://b/fold-1` names `fold-10/x`, too, which
   * then keeps its name, while `fold-1/x` is `x`.
   *
   * @returns each object with its path below the folder that the job sees
   */
  async below(uri: string): Promise<{ object: ObjectEntry; path: string }[]> {
    const { Bucket, Key: Prefix } = splitUri(uri);
    const folder = Prefix.slice(0, Prefix.lastIndexOf('/') + 1);
    const found: { object: ObjectEntry; path: string }[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, { Bucket, Prefix })) {
      for (const { Key } of Contents) {
        if (Key === undefined || Key.endsWith('/')) continue;
        // An object that is named whole arrives by its own name, whatever else begins with it.
        if (Key === Prefix) return [{ object: { Bucket, Key }, path: Key.slice(folder.length) }];
        const rest = Key.slice(Prefix.length);
        const path = rest.startsWith('/') ? rest.slice(1) : Key.slice(folder.length);
        found.push({ object: { Bucket, Key }, path });
      }
    }
    return found;
  }

  async exists(uri: string): Promise<boolean> {
    try {
      await this.#s3.send(new HeadObjectCommand(splitUri(uri)));
      return true;
    } catch (error) {
      if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey')) return false;
      throw error;
    }
  }

  async text(object: ObjectEntry): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand(object));
    return (await Body?.transformToString()) ?? '';
  }

  async download(object: ObjectEntry, file: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    const { Body } = await this.#s3.send(new GetObjectCommand(object));
    if (Body instanceof Readable) await pipeline(Body, createWriteStream(file, { mode: 0o600 }));
  }

  async upload(file: string, uri: string): Promise<void> {
    const { size } = await stat(file);
    if (size <= ONE_PUT) {
      await this.#s3.send(new PutObjectCommand({ ...splitUri(uri), Body: await readFile(file) }));
      return;
    }
    await new Upload({ client: this.#s3, params: { ...splitUri(uri), Body: createReadStream(file) } }).done();
  }

  async uploadText(text: string, uri: string): Promise<void> {
    await new Upload({ client: this.#s3, params: { ...splitUri(uri), Body: text } }).done();
  }

  /** Uploads the regular files below a folder; links are not followed and not uploaded. */
  async uploadFolder(folder: string, uri: string): Promise<void> {
    const base = uri.endsWith('/') ? uri : `${uri}/`;
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      await this.upload(file, base + file.slice(folder.length + 1));
    }
  }

  close(): void {
    this.#s3.destroy();
  }
}

/** @throws RangeError for anything but `s3://bucket/key` */
export function splitUri(uri: string): ObjectEntry {
  const [, Bucket, Key = ''] = /^(?:s3|https):\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (Bucket === undefined || !uri.startsWith('s3://')) throw new RangeError(`${uri} is no s3://bucket/key`);
  return { Bucket, Key };
}
