import { request as httpRequest, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Capture } from './endpoints/capture.ts';
import type { Endpoints, Variant } from './endpoints/endpoints.ts';
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
  endpoints: Endpoints,
  capture: Capture,
  name: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const target = header(request, 'x-amzn-sagemaker-target-variant');
  const { variant, answer } = await ask(endpoints, name, target, request, body);
  if (answer.status >= 400) {
    const text = answer.body.toString('utf8');
    throw new ServiceError(
      'ModelError',
      `Received ${answer.status >= 500 ? 'server' : 'client'} error (${answer.status}) from primary with message "${text}".`,
      424,
      { OriginalStatusCode: answer.status, OriginalMessage: text.slice(0, 2048) },
    );
  }
  await capture.record(name, variant.name, {
    input: { type: header(request, 'content-type'), body },
    output: { type: answer.headers['content-type'], body: answer.body },
    inferenceId: header(request, INFERENCE_ID),
    customAttributes: header(request, CUSTOM),
  });
  response.writeHead(200, {
    'content-type': answer.headers['content-type'] ?? 'application/octet-stream',
    'content-length': answer.body.length,
    'x-amzn-invoked-production-variant': variant.name,
    ...(answer.headers[CUSTOM] !== undefined && { [CUSTOM]: answer.headers[CUSTOM] }),
  });
  response.end(answer.body);
}

/** A server that goes away between its choice and the request has been replaced: the request goes to its successor. */
async function ask(
  endpoints: Endpoints,
  name: string,
  target: string | undefined,
  request: IncomingMessage,
  body: Buffer,
): Promise<{ variant: Variant; answer: Answer }> {
  const first = endpoints.route(name, target);
  try {
    return { variant: first, answer: await send(first, request, body) };
  } catch (error) {
    const second = endpoints.route(name, target);
    if (second.port !== first.port) return { variant: second, answer: await send(second, request, body) };
    throw new ServiceError('ModelError', `The model of ${name} does not answer: ${String(error)}`, 424, {
      ...{ OriginalStatusCode: 500, OriginalMessage: String(error) },
    });
  }
}

async function send({ port }: Variant, request: IncomingMessage, body: Buffer): Promise<Answer> {
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
