import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';
import { describeSchedule, schedule } from '../support/schedules.ts';
import { TableInS3 } from '../support/table.ts';
import { pythonPath } from '../support/tools.ts';
import { freeAddress, startWorker, type TestWorker } from '../support/worker.ts';

const stack = useLocalStack(['temporal', 's3', 'sagemaker']);
cleanPipelines();

let [moto, worker]: [ChildProcess | undefined, TestWorker | undefined] = [undefined, undefined];
let sqs: SQSClient;
let [queue, home] = ['', ''];

/** An SQS to talk to: moto's, which is not AWS's, but speaks as it does. */
beforeAll(async () => {
  const address = await freeAddress();
  const [host = '', port = ''] = address.split(':');
  moto = spawn(pythonPath(), ['-m', 'moto.server', '-H', host, '-p', port], { stdio: 'ignore' });
  await vi.waitFor(() => fetch(`http://${address}/moto-api/`), { timeout: 60_000, interval: 100 });
  const endpoint = `http://${address}`;
  sqs = new SQSClient({ region: 'us-east-1', endpoint, credentials: { accessKeyId: 'a', secretAccessKey: 's' } });
  const attributes = { VisibilityTimeout: '1' };
  queue = (await sqs.send(new CreateQueueCommand({ QueueName: 'tables', Attributes: attributes }))).QueueUrl ?? '';
  // Of its own variables: in the stack's home a worker takes the stack's, its queue with them.
  home = await mkdtemp(join(tmpdir(), 'crossfold-home-'));
  worker = await startWorker(stack(), {
    ...stack().variables,
    ...{ CROSSFOLD_HOME: home, CROSSFOLD_EVENTS_QUEUE_URL: queue, AWS_ENDPOINT_URL_SQS: endpoint },
  });
});
afterAll(async () => {
  await worker?.stop();
  sqs.destroy();
  await rm(home, { recursive: true });
  if (moto === undefined) return;
  moto.kill();
  await once(moto, 'exit');
});

/** What EventBridge sends when an object was written (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html). */
async function tell(uri: string): Promise<void> {
  const { host, pathname } = new URL(uri);
  const event = {
    ...{ version: '0', id: '17793124-05d4-b198-2fde-7ededc63b103', 'detail-type': 'Object Created', source: 'aws.s3' },
    ...{ account: '111122223333', time: '2026-11-25T14:10:00Z', region: 'us-east-1', resources: [] },
    detail: { version: '0', bucket: { name: host }, object: { key: pathname.slice(1), size: 5 }, reason: 'PutObject' },
  };
  await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(event) }));
}

/** Messages that wait, or that somebody has taken and not done with. */
async function left(): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const asked = new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: [...names] });
  const { Attributes = {} } = await sqs.send(asked);
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

async function made(name: string, ...options: string[]): Promise<TableInS3> {
  const table = new TableInS3(stack(), name);
  await table.begin();
  const pipeline = SMALL.replace('pipeline: small', `pipeline: ${name}`).replace(
    'file: titanic.csv',
    `uri: ${table.uri}`,
  );
  const file = await pipelineWith({ pipeline: `${pipeline}deploy: { endpoint: ${name} }\n` });
  await schedule(stack(), 'create', name, file, ...options);
  return table;
}

test('a schedule fires when its table is written, and no other one does', async () => {
  const fresh = await made('fresh', '--on-change');
  await made('nightly', '--cron', '0 3 1 1 *');
  const held = await made('held', '--on-change', '--paused');
  for (const uri of [`${fresh.uri}.old`, held.uri, fresh.uri]) await tell(uri);
  await expect.poll(async () => (await describeSchedule(stack(), 'fresh')).fired, { timeout: 60_000 }).toBe(1);
  await expect.poll(left, { timeout: 30_000 }).toBe(0);
  const outcome = async (): Promise<unknown> => (await describeSchedule(stack(), 'fresh')).firings.at(-1)?.outcome;
  await expect.poll(outcome, { timeout: 120_000 }).toBe('deployed');
  for (const name of ['nightly', 'held']) expect((await describeSchedule(stack(), name)).fired).toBe(0);
}, 240_000);

test('what is no event of a table stays in the queue, and keeps nobody from the rest', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: '<not an event>' }));
  await tell('s3://elsewhere/nobody.csv');
  await expect.poll(left, { timeout: 30_000 }).toBe(1);
  expect(worker?.log()).toContain('tells of no job and no object in S3');
});
