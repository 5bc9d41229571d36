import { describe, expect, test } from 'vitest';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, slowPipeline } from '../support/pipelines.ts';
import { runOf } from '../support/cli.ts';

const stack = useLocalStack();
cleanPipelines();

async function startSlowRun(seconds: number): Promise<string> {
  const started = await stack().cli(
    'run',
    await pipelineWith(slowPipeline(seconds)),
    '--no-reuse',
    '--detach',
    '--json',
  );
  expect(started.code, started.stderr).toBe(0);
  await stack().untilTraining();
  return runOf(started);
}

describe('a cancel', () => {
  test('stops every running job and leaves none behind', async () => {
    const run = await startSlowRun(600);
    const ended = await stack().cli('cancel', run, '--json');
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)).toEqual({ run, status: 'cancelled' });
    expect(await stack().runningJobs()).toEqual([]);
    const training = (await stack().jobs()).filter(({ kind }) => kind === 'training');
    expect(training.length).toBeGreaterThan(0);
    expect(training.every(({ status }) => status === 'Stopped')).toBe(true);
    const result = await stack().cli('result', run);
    expect(result.code).toBe(3);
    expect(result.stderr).toContain('cancelled');
  });
});

describe('a job that is stopped', () => {
  test('and that nobody of the run stopped fails the run, and its siblings are stopped', async () => {
    const run = await startSlowRun(600);
    const [victim] = (await stack().runningJobs()).filter(({ kind }) => kind === 'training');
    await stack().stopTrainingJob(victim?.name ?? '');
    const failure: unknown = await stack()
      .temporal.workflow.getHandle(run)
      .result()
      .catch((error: unknown) => error);
    expect(failure).toHaveProperty('cause.type', 'JobStopped');
    expect(failure).toHaveProperty('cause.message', expect.stringContaining('not by this run'));
    expect(await stack().runningJobs()).toEqual([]);
  });
});
