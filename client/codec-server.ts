import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { CrossfoldError } from '../core/errors.ts';

/** More than Temporal takes in one message, bytes. */
const BODY_LIMIT = 8 * 2 ** 20;
const HERE = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

const base64 = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const request = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() })),
});

/**
 * A codec server as Temporal's Web UI asks it (https://docs.temporal.io/production-deployment/data-encryption): `POST /decode`. Only for pages of `origin`,
 * and only by a name of this machine, so that no other page and no other machine reads with the keys.
 */
export async function serveCodec(codec: PayloadCodec, port: number, origin: string): Promise<Server> {
  const server = createServer((incoming, response) => {
    const refuse = (status: number, why: string): void =>
      void response.writeHead(status, { 'content-type': 'text/plain' }).end(`${why}\n`);
    if (!HERE.test(incoming.headers.host ?? '')) {
      refuse(403, 'ask 127.0.0.1');
      return;
    }
    if (incoming.headers.origin !== undefined && incoming.headers.origin !== origin) {
      refuse(403, `only pages of ${origin} are answered`);
      return;
    }
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-headers', 'content-type, x-namespace, authorization');
    response.setHeader('access-control-allow-methods', 'POST');
    if (incoming.method === 'OPTIONS') return void response.writeHead(204).end();
    if (incoming.method !== 'POST' || incoming.url?.split('?')[0] !== '/decode') {
      refuse(404, 'POST /decode');
      return;
    }
    bodyOf(incoming)
      .then(async (text) => await codec.decode(parsed(text)))
      .then(
        (payloads) =>
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ payloads: payloads.map(asJson) })),
        (error: unknown) => refuse(400, error instanceof Error ? error.message : String(error)),
      );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of incoming.setEncoding('utf8')) {
    text += String(part);
    if (text.length > BODY_LIMIT)
      throw new CrossfoldError('RequestInvalid', `at most ${BODY_LIMIT} bytes are decoded.`);
  }
  return text;
}

function parsed(text: string): Payload[] {
  const found = request.safeParse(JSON.parse(text));
  if (!found.success) throw new CrossfoldError('RequestInvalid', 'no payloads as Temporal writes them in JSON.');
  return found.data.payloads.map(({ metadata, data }) => ({ metadata: metadata ?? null, data: data ?? null }));
}

function asJson({ metadata, data }: Payload): object {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, text(bytes)])),
    ...(data && { data: text(data) }),
  };
}
