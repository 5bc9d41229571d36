import {
  DeleteObjectCommand,
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { isNotFound, isPreconditionFailed, toCrossfoldError } from './aws-errors.ts';

/** Many small objects are read side by side, as each takes a while to begin: so many. */
export const READS_AT_ONCE = { concurrency: 16 };

/** The verbs on S3 that crossfold needs; every place is an `s3://bucket/key` uri. */
export interface ObjectStore {
  /** The object's text, or undefined where there is none. */
  readText(uri: string): Promise<string | undefined>;
  /** The object's bytes as a stream, or undefined where there is none. */
  read(uri: string): Promise<Readable | undefined>;
  exists(uri: string): Promise<boolean>;
  /** What tells this content of the object from another, or undefined where there is none. */
  version(uri: string): Promise<string | undefined>;
  /** The objects below a prefix. */
  list(prefix: string): AsyncIterable<string>;
  /** How many bytes the objects below a prefix have together. */
  size(prefix: string): Promise<number>;
  /** Copies the object, unless it has another version by now; tells whether it copied. At most 5 GB, as S3 copies. */
  copyVersion(uri: string, version: string, to: string): Promise<boolean>;
  writeText(uri: string, text: string, contentType: string): Promise<void>;
  /** Deletes the object; that there is none is as good. */
  remove(uri: string): Promise<void>;
  /** Writes the file unless the object is there already; tells whether it wrote. */
  writeFileOnce(uri: string, path: string): Promise<boolean>;
}

/**
 * @throws RangeError when `uri` is no `s3://bucket/key`
 */
export function splitUri(uri: string): { Bucket: string; Key: string } {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  const [, Bucket, Key] = match ?? [];
  if (Bucket === undefined || Key === undefined) throw new RangeError(`${uri} is no s3://bucket/key`);
  return { Bucket, Key };
}

/** The object store of an S3 client. Every error names the object. */
export function createObjectStore(s3: S3Client): ObjectStore {
  async function read(uri: string): Promise<Readable | undefined> {
    try {
      const { Body } = await s3.send(new GetObjectCommand(splitUri(uri)));
      return Body instanceof Readable ? Body : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw toCrossfoldError(error, `read ${uri}`);
    }
  }

  async function version(uri: string): Promise<string | undefined> {
    try {
      const { ETag, VersionId } = await s3.send(new HeadObjectCommand(splitUri(uri)));
      return `${ETag ?? ''} ${VersionId ?? ''}`;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw toCrossfoldError(error, `look for ${uri}`);
    }
  }

  async function exists(uri: string): Promise<boolean> {
    return (await version(uri)) !== undefined;
  }

  async function* below(prefix: string): AsyncIterable<{ uri: string; bytes: number }> {
    const { Bucket, Key: Prefix } = splitUri(prefix);
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
        for (const { Key, Size = 0 } of Contents)
          if (Key !== undefined) yield { uri: `s3://${Bucket}/${Key}`, bytes: Size };
      }
    } catch (error) {
      throw toCrossfoldError(error, `list ${prefix}`);
    }
  }

  async function* list(prefix: string): AsyncIterable<string> {
    for await (const { uri } of below(prefix)) yield uri;
  }

  return {
    read,
    exists,
    version,
    list,
    async size(prefix) {
      let sum = 0;
      for await (const { bytes } of below(prefix)) sum += bytes;
      return sum;
    },
    async readText(uri) {
      const body = await read(uri);
      return body === undefined ? undefined : await new Response(Readable.toWeb(body)).text();
    },
    async copyVersion(uri, version, to) {
      const { Bucket, Key } = splitUri(uri);
      const [etag] = version.split(' ');
      const source = [Bucket, ...Key.split('/')].map(encodeURIComponent).join('/');
      try {
        await s3.send(new CopyObjectCommand({ ...splitUri(to), CopySource: source, CopySourceIfMatch: etag }));
        return true;
      } catch (error) {
        if (isPreconditionFailed(error)) return false;
        throw toCrossfoldError(error, `copy ${uri} to ${to}`);
      }
    },
    async writeText(uri, text, contentType) {
      try {
        await s3.send(new PutObjectCommand({ ...splitUri(uri), Body: text, ContentType: contentType }));
      } catch (error) {
        throw toCrossfoldError(error, `write ${uri}`);
      }
    },
    async remove(uri) {
      try {
        await s3.send(new DeleteObjectCommand(splitUri(uri)));
      } catch (error) {
        throw toCrossfoldError(error, `delete ${uri}`);
      }
    },
    async writeFileOnce(uri, path) {
      if (await exists(uri)) return false;
      const upload = new Upload({
        client: s3,
        params: { ...splitUri(uri), Body: createReadStream(path), IfNoneMatch: '*' },
      });
      try {
        await upload.done();
        return true;
      } catch (error) {
        if (isPreconditionFailed(error)) return false;
        throw toCrossfoldError(error, `write ${uri}`);
      }
    },
  };
}
