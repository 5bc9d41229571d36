import { describe, expect, test } from 'vitest';
import { stateQuery } from '../../workflows/messages.ts';
import { runOf } from '../support/cli.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, slowPipeline } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

async function startSlow(seconds: number): Promise<string> {
  const file = await pipelineWith(slowPipeline(seconds));
  const started = await stack().cli('run', file, '--no-reuse', '--detach', '--json');
  expect(started.code, started.stderr).toBe(0);
  await stack().untilTraining();
  return runOf(started);
}

async function names(): Promise<string[]> {
  return (await stack().jobs()).map(({ name }) => name).sort();
}

describe('a paused run', () => {
  test('starts no job, lets those that run end, is shown as paused, and goes on when it is resumed', async () => {
    const run = await startSlow(3);
    const paused = await stack().cli('pause', run, '--by', 'ada', '--reason', 'machines needed', '--json');
    expect(paused.code, paused.stderr).toBe(0);
    expect(JSON.parse(paused.stdout)).toMatchObject({ run, by: 'ada', reason: 'machines needed' });

    await expect.poll(() => stack().runningJobs(), { timeout: 60_000 }).toEqual([]);
    const before = await names();
    // Nine jobs in all: those that had not begun are held.
    expect(before.length).toBeLessThan(9);
    const status = await stack().cli('status', run);
    expect(status.stdout).toContain(`${run}: paused`);
    expect(status.stdout).toContain('by ada: machines needed');
    expect((await stack().cli('list')).stdout).toContain('paused');

    // A worker that starts anew knows of the pause as well.
    await stack().kill('worker');
    await stack().restart();
    const handle = stack().temporal.workflow.getHandle(run);
    await expect.poll(async () => (await handle.query(stateQuery)).paused?.by, { timeout: 60_000 }).toBe('ada');
    expect(await names()).toEqual(before);

    const resumed = await stack().cli('resume', run);
    expect(resumed.code, resumed.stderr).toBe(0);
    await handle.result();
    expect(await names()).toHaveLength(9);
    expect((await stack().jobs()).every(({ status: each }) => each === 'Completed')).toBe(true);
  });

  test('can be cancelled; a run that is not paused cannot be resumed', async () => {
    const run = await startSlow(600);
    const refused = await stack().cli('resume', run);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is not paused')]);
    await stack().cli('pause', run);
    const cancelled = await stack().cli('cancel', run, '--json');
    expect(JSON.parse(cancelled.stdout)).toEqual({ run, status: 'cancelled' });
    const ended = await stack().cli('pause', run);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('is cancelled')]);
  });
});
