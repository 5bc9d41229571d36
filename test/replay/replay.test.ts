import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const HISTORIES = new URL('histories/', import.meta.url);
const recorded = (await readdir(HISTORIES)).filter((file) => file.endsWith('.json'));

const started = z.object({
  events: z.tuple(
    [z.object({ workflowExecutionStartedEventAttributes: z.object({ workflowId: z.string() }) })],
    z.unknown(),
  ),
});

let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
  });
});

describe('the workflows decide as they did when the history was recorded of', () => {
  test.each(recorded)('%s', async (file) => {
    const history: unknown = JSON.parse(await readFile(new URL(file, HISTORIES), 'utf8'));
    // Children are named after their parent, so the replay has to have its name.
    const workflowId = started.parse(history).events[0].workflowExecutionStartedEventAttributes.workflowId;
    await expect(Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId)).resolves.toBeUndefined();
  });

  test('each kind of workflow, and each kind of end', () => {
    expect(recorded).toEqual(
      expect.arrayContaining([
        ...[
          'completed.json',
          'completed-fold-0.json',
          'completed-tune.json',
          'completed-deploy.json',
          'leak-check.json',
          'managed-tune.json',
          'suggested-tune.json',
          'raced-tune.json',
          'approved.json',
        ],
        ...['failed.json', 'failed-fold-0.json', 'cancelled.json', 'cancelled-fold-0.json'],
      ]),
    );
  });
});

test('a history in which another job was started is refused', async () => {
  const text = await readFile(new URL('completed-fold-0.json', HISTORIES), 'utf8');
  const changed: unknown = JSON.parse(text.replaceAll('"runJob"', '"stopJob"'));
  await expect(Worker.runReplayHistory({ workflowBundle: bundle }, changed)).rejects.toThrow(/[Nn]ondeterminism/);
});
