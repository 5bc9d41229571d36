import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';
import { receive, type Receiver } from '../support/receiver.ts';
import { freeAddress, startWorker, type TestWorker } from '../support/worker.ts';

const stack = useLocalStack(['temporal', 's3', 'sagemaker']);
cleanPipelines();

let worker: TestWorker;
let [own, temporal] = ['', ''];
let receiver: Receiver;
let attempts = 0;
const received: z.infer<typeof news>[] = [];
const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;

const news = z.object({ type: z.string(), data: z.object({ run: z.string(), text: z.string(), link: z.string() }) });

/** A receiver of webhooks that is not well at first. */
async function listen(): Promise<string> {
  receiver = await receive((body) => {
    attempts += 1;
    if (attempts > 1) received.push(news.parse(JSON.parse(body)));
    return attempts > 1 ? 204 : 503;
  });
  return receiver.url;
}

async function get(address: string, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://${address}${path}`);
  return { status: answer.status, text: await answer.text() };
}

beforeAll(async () => {
  temporal = await freeAddress();
  worker = await startWorker(stack(), {
    CROSSFOLD_TEMPORAL_METRICS_ADDRESS: temporal,
    CROSSFOLD_WEBHOOK_URL: await listen(),
    CROSSFOLD_WEBHOOK_SECRET: SECRET,
  });
  own = worker.address;
});
afterAll(async () => {
  receiver.close();
  await worker.stop();
});

test('a worker says that it lives and takes work, and nothing else', async () => {
  expect(await get(own, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect((await get(own, '/')).status).toBe(404);
  expect((await fetch(`http://${own}/metrics`, { method: 'POST' })).status).toBe(405);
});

test('a run is counted: its jobs, what they took and cost, and the calls that they took', async () => {
  const ended = await stack().cli('run', await pipelineWith({ pipeline: SMALL }));
  expect(ended.code, ended.stderr).toBe(0);
  const { text } = await get(own, '/metrics');
  const value = (line: string): number =>
    Number(
      text
        .split('\n')
        .find((each) => each.startsWith(`${line} `))
        ?.slice(line.length + 1),
    );
  const jobs = await stack().jobs();
  for (const kind of ['processing', 'training'] as const) {
    const count = jobs.filter((job) => job.kind === kind).length;
    expect(value(`crossfold_jobs_ended_total{kind="${kind}",status="Completed"}`)).toBe(count);
    expect(value(`crossfold_job_seconds_count{kind="${kind}"}`)).toBe(count);
  }
  expect(value('crossfold_jobs{state="running"}')).toBe(0);
  expect(value('crossfold_jobs{state="waiting"}')).toBe(0);
  expect(value('crossfold_cost_usd_total')).toBeGreaterThan(0);
  expect(value('crossfold_aws_calls_total{service="sagemaker",operation="CreateTrainingJob",outcome="ok"}')).toBe(
    jobs.filter(({ kind }) => kind === 'training').length,
  );
  expect((await get(temporal, '/metrics')).text).toContain('temporal_activity_execution_latency');
});

test('people are told of the end of a run, by a receiver that was not well at first as well', async () => {
  await expect.poll(() => received.map(({ type }) => type), { timeout: 60_000 }).toEqual(['run.finished']);
  const broken = await pipelineWith({
    pipeline: SMALL,
    scripts: { 'preprocessing.py': 'TARGET = "Survived"\nraise RuntimeError("<boom>")\n' },
  });
  expect((await stack().cli('run', broken)).code).not.toBe(0);
  await expect
    .poll(() => received.map(({ type }) => type), { timeout: 60_000 })
    .toEqual(['run.finished', 'run.failed']);
  const [finished, failed] = received;
  expect(finished?.data.text).toMatch(/^Winner: logistic_regression, roc_auc 0\.\d+/);
  expect(failed?.data.text).toContain('<boom>');
  expect(failed?.data.link).toContain(encodeURIComponent(failed?.data.run ?? ''));
});

test('people are told when a run has cost more than its budget, once', async () => {
  const before = received.length;
  const pipeline = `${SMALL.replace('C: 1.0', 'C: 2.0')}budget: { usd: 0.0000001 }\n`;
  const ended = await stack().cli('run', await pipelineWith({ pipeline }), '--no-reuse');
  expect(ended.code, ended.stderr).toBe(0);
  const events = (): string[] => received.slice(before).map(({ type }) => type);
  await expect.poll(() => events().sort(), { timeout: 60_000 }).toEqual(['run.budget', 'run.finished']);
  const told = received.slice(before).find(({ type }) => type === 'run.budget');
  expect(told?.data.text).toMatch(/^It has cost USD 0\.\d{4} by now, and goes on\./);
});
