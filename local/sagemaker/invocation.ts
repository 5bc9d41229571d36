import { request as httpRequest, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Capture } from './endpoints/capture.ts';
import type { Route, Traffic } from './endpoints/traffic.ts';
import { ServiceError } from './errors.ts';

/** Most bytes of a request to an endpoint (SageMaker's runtime model). */
export const INVOCATION_LIMIT = 6_291_456;
/** A model answers within this time, milliseconds, or its caller is told so. */
const ANSWER_TIMEOUT_MS = 60_000;
const CUSTOM = 'x-amzn-sagemaker-custom-attributes';
const INFERENCE_ID = 'x-amzn-sagemaker-inference-id';

const agent = new Agent({ keepAlive: true });

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/**
 * InvokeEndpoint: hands a request to a model server, and its answer back.
 *
 * @throws ServiceError ModelError (424) when the model refuses or breaks, ValidationError where nothing serves
 */
export async function invoke(
  traffic: Traffic,
  capture: Capture,
  name: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { route, answer } = await ask({
    ...{ traffic, name, request, body, received: performance.now() },
    target: header(request, 'x-amzn-sagemaker-target-variant'),
  });
  if (answer.status >= 400) {
    const text = answer.body.toString('utf8');
    throw new ServiceError(
      'ModelError',
      `Received ${answer.status >= 500 ? 'server' : 'client'} error (${answer.status}) from primary with message "${text}".`,
      424,
      { OriginalStatusCode: answer.status, OriginalMessage: text.slice(0, 2048) },
    );
  }
  await capture.record(name, route.variant.name, {
    input: { type: header(request, 'content-type'), body },
    output: { type: answer.headers['content-type'], body: answer.body },
    inferenceId: header(request, INFERENCE_ID),
    customAttributes: header(request, CUSTOM),
  });
  response.writeHead(200, {
    'content-type': answer.headers['content-type'] ?? 'application/octet-stream',
    'content-length': answer.body.length,
    'x-amzn-invoked-production-variant': route.variant.name,
    ...(answer.headers[CUSTOM] !== undefined && { [CUSTOM]: answer.headers[CUSTOM] }),
  });
  response.end(answer.body);
}

/** A request to an endpoint. */
interface Asked {
  readonly traffic: Traffic;
  readonly name: string;
  readonly target: string | undefined;
  readonly request: IncomingMessage;
  readonly body: Buffer;
  /** By the clock of `performance`, milliseconds. */
  readonly received: number;
}

interface Answered {
  readonly route: Route;
  readonly answer: Answer;
}

/** A server that goes away between its choice and the request has been replaced: the request goes to its successor. */
async function ask(asked: Asked): Promise<Answered> {
  const { traffic, name, target } = asked;
  const first = traffic.route(name, target);
  try {
    return await askServer(asked, first);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    const second = traffic.route(name, target);
    if (second.variant.port !== first.variant.port) return await askServer(asked, second);
    measure(asked, first, asked.received, undefined);
    throw new ServiceError('ModelError', `The model of ${name} does not answer: ${String(error)}`, 424, {
      ...{ OriginalStatusCode: 500, OriginalMessage: String(error) },
    });
  }
}

async function askServer(asked: Asked, route: Route): Promise<Answered> {
  const leave = asked.traffic.enter(route);
  const sent = performance.now();
  try {
    const answer = await send(route.variant, asked.request, asked.body);
    measure(asked, route, sent, answer.status);
    return { route, answer };
  } finally {
    leave();
  }
}

function measure({ traffic, name, received }: Asked, route: Route, sent: number, status: number | undefined): void {
  const now = performance.now();
  const { variant, config } = route;
  traffic.measure({
    ...{ endpoint: name, variant: variant.name, config, status },
    ...{ modelMs: now - sent, totalMs: now - received },
  });
}

async function send({ port }: Route['variant'], request: IncomingMessage, body: Buffer): Promise<Answer> {
  const passed = ['content-type', 'accept', CUSTOM, INFERENCE_ID].flatMap((name) => {
    const value = header(request, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return await new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        ...{ host: '127.0.0.1', port, agent, method: 'POST', path: '/invocations', timeout: ANSWER_TIMEOUT_MS },
        headers: { ...Object.fromEntries(passed), 'content-length': body.length },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer within 60 s')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function header({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
