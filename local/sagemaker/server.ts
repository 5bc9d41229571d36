import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../../config/logger.ts';
import { answerCloudWatch } from './cloudwatch/answer.ts';
import { callControl, type Control } from './control.ts';
import type { Capture } from './endpoints/capture.ts';
import type { Traffic } from './endpoints/traffic.ts';
import { ServiceError } from './errors.ts';
import { INVOCATION_LIMIT, invoke } from './invocation.ts';
import type { JsonObject } from './json.ts';
import type { Operations } from './operations/operation.ts';
import { control, type Carry, type RequestCheck } from './router.ts';
import { CutError } from './weather/carry.ts';
import { iam, sts } from './services/identity.ts';
import { requireSignature, type ServiceName, type Signer } from './signature.ts';

export interface ServerParts {
  readonly operations: Operations;
  readonly check: RequestCheck;
  readonly carry: Carry;
  /** CloudWatch Logs' operations. */
  readonly logs: Operations;
  readonly cloudWatch: Operations;
  /** SQS's operations, on the queue with the events of jobs. */
  readonly queue: Operations;
  readonly control: Control;
  readonly traffic: Traffic;
  readonly capture: Capture;
  readonly signer: Signer;
  readonly logger: Logger;
  /** Host names, besides loopback, that requests may be sent to. */
  readonly names: readonly string[];
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const INVOCATIONS = /^\/endpoints\/([a-zA-Z0-9-]{1,63})\/invocations$/;

/** The endpoint's HTTP server: the control API, the runtime's, and a little of what its clients ask besides, on one port. */
export function createEndpointServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => fail(parts, request, response, error));
  });
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  refuseBrowsers(parts, request);
  if (request.method === 'GET' && request.url === '/ping') {
    response.writeHead(200).end('pong\n');
    return;
  }
  const body = await read(request);
  const service = await requireSignature(request, body, parts.signer);
  if (service === 'sts' || service === 'iam') {
    const { status, body: xml } = service === 'sts' ? sts(body.toString('utf8')) : iam();
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    return;
  }
  if (service === 'monitoring') {
    await answerCloudWatch(parts.cloudWatch, request, body, response);
    return;
  }
  const path = new URL(request.url ?? '/', 'http://endpoint').pathname;
  const [, endpoint] = INVOCATIONS.exec(path) ?? [];
  if (endpoint !== undefined) {
    await invoke(parts.traffic, parts.capture, endpoint, request, body, response);
    return;
  }
  if (path.startsWith('/crossfold/')) {
    const done = await callControl(parts.control, path, body);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(done));
    return;
  }
  const target = String(request.headers['x-amz-target'] ?? '');
  const found = await answerJson(parts, service, target, body);
  const version = service === 'sqs' ? '1.0' : '1.1';
  response.writeHead(200, { 'content-type': `application/x-amz-json-${version}` }).end(JSON.stringify(found));
}

async function answerJson(parts: ServerParts, service: ServiceName, target: string, body: Buffer): Promise<JsonObject> {
  switch (service) {
    case 'logs':
      return await control('Logs_20140328', parts.logs, () => undefined, target, body);
    case 'sqs':
      return await control('AmazonSQS', parts.queue, () => undefined, target, body);
    default:
      return await control('SageMaker', parts.operations, parts.check, target, body, parts.carry);
  }
}

/** A page in a browser can reach this port, by its address or by a name of its own that leads here. */
function refuseBrowsers({ names }: ServerParts, { headers }: IncomingMessage): void {
  const host = headers.host ?? '';
  if (headers.origin === undefined && (LOOPBACK.test(host) || names.includes(host.replace(/:\d+$/, '')))) return;
  throw new ServiceError(
    'AccessDeniedException',
    'Requests come from AWS clients on this machine, not from browsers.',
    403,
  );
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > INVOCATION_LIMIT)
      throw new ServiceError('ValidationError', `The request is larger than ${INVOCATION_LIMIT} bytes.`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function fail({ logger }: ServerParts, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (error instanceof CutError) {
    request.socket.destroy();
    return;
  }
  const known = error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500);
  if (known.status >= 500)
    logger.error({ target: request.headers['x-amz-target'], url: request.url, error }, 'a request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ __type: known.code, message: known.message, Message: known.message, ...known.members });
  response
    .writeHead(known.status, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-errortype': known.code,
      connection: 'close',
    })
    .end(body);
}
