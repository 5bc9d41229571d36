import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { RunInput } from '../core/run.ts';
import { CrossfoldError } from '../core/errors.ts';
import type { RunHandle } from './runs.ts';
import type { TemporalClient } from '../config/temporal.ts';

/**
 * What a run was started with, as its history has it: also of one that has ended, and without a worker.
 *
 * @throws CrossfoldError RunNotFound where Temporal does not keep it any more
 */
export async function inputOfRun({ client, namespace }: TemporalClient, { workflowId }: RunHandle): Promise<RunInput> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (payload === undefined)
    throw new CrossfoldError(
      'RunNotFound',
      `Temporal keeps no history of run ${workflowId} any more; start it from its file.`,
    );
  return await decodeFromPayloadsAtIndex<RunInput>(client.options.loadedDataConverter, 0, [payload]);
}
