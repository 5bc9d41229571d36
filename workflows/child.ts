import {
  CancellationScope,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  workflowInfo,
  type ChildWorkflowOptions,
} from '@temporalio/workflow';
import type { JobRecord } from '../core/run.ts';
import { jobEnded } from './messages.ts';

/** Options of a run's child: named below the run, and asked to clean up when the run is closed. */
export function childOptions(
  name: string,
  summary: string,
): Pick<ChildWorkflowOptions, 'workflowId' | 'parentClosePolicy' | 'staticSummary'> {
  return {
    workflowId: `${workflowInfo().workflowId}/${name}`,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: summary,
  };
}

/** Tells the run of the jobs of its child. */
export interface ParentReport {
  readonly ended: (job: JobRecord) => void;
  /** Waits until the run has been told of all. */
  delivered(): Promise<void>;
}

export function parentReport(): ParentReport {
  const told: Promise<void>[] = [];
  const parent = workflowInfo().parent;
  return {
    ended(job) {
      if (parent === undefined) return;
      // A cancelled child tells of its last jobs, too.
      const telling = CancellationScope.nonCancellable(() =>
        getExternalWorkflowHandle(parent.workflowId).signal(jobEnded, job),
      );
      // Whoever fails does not come to ask whether all was delivered.
      telling.catch(() => undefined);
      told.push(telling);
    },
    async delivered() {
      await Promise.all(told);
    },
  };
}
