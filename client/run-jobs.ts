import type { AwsClients } from '../activities/aws.ts';
import { listJobs, type ListedJob } from '../activities/job-list.ts';
import type { TemporalClient } from '../config/temporal.ts';
import { jobPrefix, runToken } from '../core/names.ts';
import type { RunHandle } from './runs.ts';

/** A job of a run; its step as its name tells it, as `fold-3-preprocess`. */
export interface RunJob extends ListedJob {
  readonly step: string;
}

/** What the names of a run's jobs begin with. */
export async function jobPrefixOf({ client, namespace }: TemporalClient, handle: RunHandle): Promise<string> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId: handle.workflowId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const [pipeline = ''] = handle.workflowId.split('/');
  return jobPrefix(pipeline, runToken(started?.originalExecutionRunId ?? ''));
}

/** The jobs that a run has started, whatever became of them, the oldest first. */
export async function jobsOfRun(sagemaker: AwsClients['sagemaker'], prefix: string): Promise<RunJob[]> {
  const jobs = await listJobs(sagemaker, { nameContains: prefix });
  return jobs.flatMap((job) => (job.name.startsWith(prefix) ? [{ ...job, step: job.name.slice(prefix.length) }] : []));
}
