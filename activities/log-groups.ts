import type { JobKind } from '../core/jobs.ts';

/** The groups of CloudWatch Logs that SageMaker writes the logs of jobs to; each machine of a job has a stream there that begins with the job's name. */
export const LOG_GROUPS: Readonly<Record<JobKind, string>> = {
  training: '/aws/sagemaker/TrainingJobs',
  processing: '/aws/sagemaker/ProcessingJobs',
  // A tuning job has no log of its own; its training jobs have theirs.
  tuning: '/aws/sagemaker/TrainingJobs',
};
