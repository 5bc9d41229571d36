import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { activityInterceptors } from '../../activities/interceptors.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { patientWorkflow } from '../support/patient-workflow.ts';

const stack = useLocalStack(['temporal']);
const taskQueue = 'patient';

test('an activity that takes longer than its heartbeat timeout is not begun again', async () => {
  const connection = await NativeConnection.connect({ address: stack().variables['TEMPORAL_ADDRESS'] ?? '' });
  let begun = 0;
  const attempts = async (): Promise<number> => {
    begun += 1;
    // As long as a contact with a slow world.
    if (begun === 1) await setTimeout(2000);
    return begun;
  };
  const worker = await Worker.create({
    ...{ connection, taskQueue, activities: { attempts }, interceptors: { activity: activityInterceptors } },
    workflowsPath: fileURLToPath(new URL('../support/patient-workflow.ts', import.meta.url)),
  });
  const { workflow } = stack().temporal;
  const result = await worker.runUntil(workflow.execute(patientWorkflow, { taskQueue, workflowId: 'patient' }));
  expect(result).toBe(1);
  await connection.close();
});
