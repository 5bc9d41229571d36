import { cbor, tag } from '@smithy/core/cbor';
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { ServiceError } from '../errors.ts';
import { parseObject, type Json, type JsonObject } from '../json.ts';

/** CloudWatch's name in the requests of every protocol that it speaks here. */
const SERVICE = 'GraniteServiceVersion20100801';
const CBOR_PATH = new RegExp(`^/service/${SERVICE}/operation/(\\w+)$`);
/** Most bytes of a request once it is unpacked (CloudWatch's limit is 1 MB). */
const UNPACKED_LIMIT = 1024 ** 2;

/** How a client speaks to CloudWatch: newer ones in CBOR (Smithy RPC v2), others in AWS JSON 1.0. */
export interface Protocol {
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly decode: (body: Buffer) => JsonObject;
  readonly encode: (answer: JsonObject) => Uint8Array;
}

/** @throws ServiceError UnknownOperationException for a request in another protocol, as the Query API's */
export function protocolOf({ url, headers }: IncomingMessage): Protocol {
  const unpack = (body: Buffer): Buffer =>
    headers['content-encoding'] === 'gzip' ? gunzipSync(body, { maxOutputLength: UNPACKED_LIMIT }) : body;
  const [, operation] = CBOR_PATH.exec(new URL(url ?? '/', 'http://endpoint').pathname) ?? [];
  if (operation !== undefined) {
    return {
      ...{ operation, headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' } },
      decode: (body) => objectIn(body.length === 0 ? {} : plain(cbor.deserialize(unpack(body)))),
      encode: (answer) => cbor.serialize(withTimes(answer)),
    };
  }
  const [service, name] = String(headers['x-amz-target'] ?? '').split('.');
  if (service === SERVICE && name !== undefined) {
    return {
      ...{ operation: name, headers: { 'content-type': 'application/x-amz-json-1.0' } },
      decode: (body) => objectIn(parseObject(body.length === 0 ? '{}' : unpack(body).toString('utf8')) ?? null),
      encode: (answer) => Buffer.from(JSON.stringify(answer)),
    };
  }
  throw new ServiceError(
    'UnknownOperationException',
    'CloudWatch is spoken to in Smithy RPC v2 CBOR or AWS JSON 1.0 here, not in the Query protocol: use a newer SDK.',
    404,
  );
}

function objectIn(value: Json): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new ServiceError('SerializationException', 'The request is not an object.');
}

/** CBOR's tag 1 is a time in epoch seconds. */
const time = z.object({ tag: z.literal(1), value: z.number() });
const members = z.record(z.string(), z.unknown());

/** What CBOR can say beyond JSON, as JSON: times and long integers are numbers. */
function plain(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  const moment = time.safeParse(value);
  if (moment.success) return moment.data.value;
  const object = members.safeParse(value);
  if (!object.success) throw new ServiceError('SerializationException', 'The request is not valid.');
  return Object.fromEntries(Object.entries(object.data).map(([name, member]) => [name, plain(member)]));
}

/** The answer with its times tagged: members of CloudWatch's that are times are named so. */
function withTimes(value: Json, name = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => withTimes(each, name));
  if (typeof value === 'number') return /Timestamps?$/.test(name) ? tag({ tag: 1, value }) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, each]) => [member, withTimes(each, member)]));
}
