import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';

const stack = useLocalStack(['temporal', 's3', 'sagemaker']);
cleanPipelines();

const MAIN = fileURLToPath(new URL('../../dist/client/main.js', import.meta.url));
let worker: ChildProcess;
let [own, temporal] = ['', ''];

/** The port is free when it is asked for; nobody else takes it that soon. */
async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return `127.0.0.1:${address.port}`;
}

async function get(address: string, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://${address}${path}`);
  return { status: answer.status, text: await answer.text() };
}

beforeAll(async () => {
  [own, temporal] = [await freeAddress(), await freeAddress()];
  worker = spawn(process.execPath, [MAIN, 'worker'], {
    env: {
      ...process.env,
      CROSSFOLD_HOME: stack().places.home,
      CROSSFOLD_METRICS_ADDRESS: own,
      CROSSFOLD_TEMPORAL_METRICS_ADDRESS: temporal,
    },
    stdio: 'ignore',
  });
  const ready = async (): Promise<void> => expect((await get(own, '/readyz')).status).toBe(200);
  await vi.waitFor(ready, { timeout: 60_000, interval: 100 });
});
afterAll(async () => {
  worker.kill('SIGTERM');
  await once(worker, 'exit');
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
