import { expect, test } from 'vitest';
import { useLocalStack } from '../support/local-stack.ts';
import { runOf } from '../support/cli.ts';
import { cleanPipelines, pipelineWith, slowPipeline } from '../support/pipelines.ts';

/** Long enough for a cancel to come while a job's start is under way. */
const stack = useLocalStack(undefined, 'slow: { CreateTrainingJob: 4000 }\n');
cleanPipelines();

/** Whether an activity of the fold has asked for its training job. */
async function isStarting(run: string): Promise<boolean> {
  const fold = await stack()
    .temporal.workflow.getHandle(`${run}/fold-0`)
    .describe()
    .catch(() => undefined);
  const pending = fold?.raw.pendingActivities ?? [];
  const preprocessed = (await stack().jobs()).some(
    ({ name, status }) => name.endsWith('fold-0-preprocess') && status === 'Completed',
  );
  return preprocessed && pending.length > 0;
}

test('a cancel stops a job whose start was under way as well', async () => {
  const started = await stack().cli('run', await pipelineWith(slowPipeline(600)), '--no-reuse', '--detach', '--json');
  expect(started.code, started.stderr).toBe(0);
  const run = runOf(started);
  await expect.poll(() => isStarting(run), { timeout: 60_000 }).toBe(true);
  const ended = await stack().cli('cancel', run, '--json');
  expect(ended.code, ended.stderr).toBe(0);
  const training = async (): Promise<string[]> =>
    (await stack().jobs()).filter(({ kind }) => kind === 'training').map(({ status }) => status);
  await expect.poll(async () => (await training()).length, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(new Set(await training())).toEqual(new Set(['Stopped']));
});
