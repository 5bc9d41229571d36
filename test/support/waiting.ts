import { expect } from 'vitest';
import { stateQuery } from '../../workflows/messages.ts';
import { runOf } from './cli.ts';
import type { LocalStack } from './local-stack.ts';
import { pipelineWith, SMALL } from './pipelines.ts';

/** A small pipeline that deploys to an endpoint once it was approved. */
export function approvedPipeline(endpoint: string, approval = 'required'): string {
  return `${SMALL}deploy: { endpoint: ${endpoint}, approval: ${approval} }\n`;
}

/** Starts a run of a pipeline file's text, and does not follow it; the answer is the run. */
export async function startDetached(stack: LocalStack, pipeline: string): Promise<string> {
  const started = await stack.cli('run', await pipelineWith({ pipeline }), '--detach', '--json');
  expect(started.code, started.stderr).toBe(0);
  return runOf(started);
}

/** Waits until a run waits for approval. */
export async function untilWaiting(stack: LocalStack, run: string): Promise<void> {
  const waiting = async (): Promise<unknown> =>
    (await stack.temporal.workflow.getHandle(run).query(stateQuery)).waiting?.since;
  await expect.poll(waiting, { timeout: 90_000 }).toBeDefined();
}
