import type { ScheduleExecutionResult } from '@temporalio/client';
import type { retrainWorkflow } from '../../workflows/index.ts';
import { shownError } from '../failure.ts';
import type { Session } from '../session.ts';

/** One firing of a schedule. */
export interface Firing {
  readonly at: string;
  readonly workflow: string;
  /** What came out, or how it is. */
  readonly outcome: string;
  readonly reason: string;
}

/** What the latest firings of a schedule came to. */
export async function firingsOf({ temporal }: Session, actions: readonly ScheduleExecutionResult[]): Promise<Firing[]> {
  return await Promise.all(
    actions.map(async ({ takenAt, action: { workflow } }) => {
      const handle = temporal.client.workflow.getHandle<typeof retrainWorkflow>(
        workflow.workflowId,
        workflow.firstExecutionRunId,
      );
      const { status } = await handle.describe();
      const firing = { at: takenAt.toISOString(), workflow: workflow.workflowId };
      if (status.name === 'RUNNING') return { ...firing, outcome: 'running', reason: '' };
      try {
        const { outcome, reason } = await handle.result();
        return { ...firing, outcome, reason };
      } catch (error) {
        return { ...firing, outcome: status.name.toLowerCase(), reason: shownError(error)?.message ?? String(error) };
      }
    }),
  );
}
