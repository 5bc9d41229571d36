import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { serveCodec } from '../../client/codec-server.ts';
import { EncryptionCodec } from '../../config/codec.ts';
import { readCodecKeys } from '../../config/codec-keys.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';

const stack = useLocalStack(['temporal', 's3', 'sagemaker']);
cleanPipelines();

const UI = 'http://127.0.0.1:8233';
let folder: string;
let variables: Record<string, string>;
let worker: TestWorker;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfold-keys-'));
  const file = join(folder, 'codec.keys');
  await writeFile(file, `2026-11 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  variables = { CROSSFOLD_CODEC_KEYS: file };
  worker = await startWorker(stack(), variables);
});
afterAll(async () => {
  await worker.stop();
  await rm(folder, { recursive: true });
});

const cli = (...args: string[]): ReturnType<ReturnType<typeof stack>['cli']> => stack().cliWith(variables, ...args);
const answered = z.object({ payloads: z.array(z.object({ data: z.base64() })) });

/** What a run was started with, as Temporal keeps it. */
async function startedWith(workflowId: string): Promise<Payload | undefined> {
  const raw = new Client({ connection: stack().temporal.connection });
  const { events } = await raw.workflow.getHandle(workflowId).fetchHistory();
  return events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0] ?? undefined;
}

test('a run with keys is read by those who have them, and by nobody else', async () => {
  const ended = await cli('run', await pipelineWith({ pipeline: SMALL }));
  expect(ended.code, ended.stderr).toBe(0);
  const [run] = z.array(z.object({ run: z.string() })).parse(JSON.parse((await cli('list', '--json')).stdout));
  const kept = await startedWith(run?.run ?? '');
  expect(Buffer.from(kept?.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
  expect(Buffer.from(kept?.data ?? []).toString()).not.toContain('logistic_regression');
  expect((await cli('cost')).code).toBe(0);
  expect((await stack().cli('result')).code).not.toBe(0);

  const keys = readCodecKeys(variables);
  if (keys === undefined) throw new Error('there are no keys');
  const server = await serveCodec(new EncryptionCodec(keys), 0, UI);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  const { port } = address;
  const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64');
  const metadata = Object.fromEntries(Object.entries(kept?.metadata ?? {}).map(([name, bytes]) => [name, text(bytes)]));
  const body = JSON.stringify({ payloads: [{ metadata, data: text(kept?.data) }] });
  const decode = async (headers: Record<string, string>): Promise<Response> =>
    await fetch(`http://127.0.0.1:${port}/decode`, { method: 'POST', headers, body });
  const decoded = answered.parse(await (await decode({ origin: UI })).json());
  const [plain = { data: '' }] = decoded.payloads;
  const input = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(plain.data, 'base64') };
  expect(defaultPayloadConverter.fromPayload(input)).toMatchObject({ pipeline: { pipeline: 'small' } });
  expect((await decode({ origin: 'http://evil.example' })).status).toBe(403);

  // A page whose name was made to mean this machine (DNS rebinding) asks by its own name.
  const rebound = request({
    host: '127.0.0.1',
    port,
    path: '/decode',
    method: 'POST',
    headers: { host: 'evil.example' },
  });
  rebound.end(body);
  const responses: unknown[] = await once(rebound, 'response');
  expect(responses).toMatchObject([{ statusCode: 403 }]);
  server.close();
  server.closeAllConnections();
});
