import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const JOBS = 16;
const PIPELINE = `pipeline: window
data: { file: titanic.csv }
split: { folds: 2 }
metrics: [roc_auc]
algorithms:
  logistic_regression: { ranges: { C: { type: continuous, min: 0.01, max: 1 } } }
tuning: { trials: ${JOBS / 2}, race: off }
batch: 1
`;

test('a step has three jobs under way for each slot, and no more', async () => {
  const ended = await stack().cli('run', await pipelineWith({ pipeline: PIPELINE }), '--no-reuse', '--json');
  expect(ended.code, ended.stderr).toBe(0);
  const { run } = z.object({ run: z.string() }).parse(JSON.parse(ended.stdout));
  const { events } = await stack().temporal.workflow.getHandle(`window/${run}/tune`).fetchHistory();
  const waited = new Set<string>();
  let [underWay, most] = [0, 0];
  for (const event of events ?? []) {
    const { eventId, activityTaskScheduledEventAttributes: scheduled } = event;
    if (scheduled?.activityType?.name === 'runJob') {
      waited.add(String(eventId));
      most = Math.max(most, (underWay += 1));
    } else if (waited.has(String(event.activityTaskCompletedEventAttributes?.scheduledEventId))) underWay -= 1;
  }
  expect(waited.size).toBe(JOBS);
  expect(most).toBe(Math.min(JOBS, 3 * availableParallelism()));
});
