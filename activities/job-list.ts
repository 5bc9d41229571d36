import {
  ListTagsCommand,
  paginateListHyperParameterTuningJobs,
  paginateListProcessingJobs,
  paginateListTrainingJobs,
  StopHyperParameterTuningJobCommand,
  StopProcessingJobCommand,
  StopTrainingJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { JobKind, JobReference } from '../core/jobs.ts';
import { isRefused, toCrossfoldError } from './aws-errors.ts';

/** A job as SageMaker lists it. */
export interface ListedJob extends JobReference {
  readonly arn: string;
  readonly status: string;
  readonly created: Date;
}

/** Which jobs to list: all where nothing is said. */
export interface JobFilter {
  /** What the name has in it. */
  readonly nameContains?: string;
  readonly status?: 'InProgress';
}

/**
 * The jobs that SageMaker lists, of every kind that runs have, the oldest first.
 *
 * @throws CrossfoldError AccessDenied, Unreachable
 */
export async function listJobs(sagemaker: SageMakerClient, filter: JobFilter): Promise<ListedJob[]> {
  const request = {
    ...(filter.nameContains !== undefined && { NameContains: filter.nameContains }),
    ...(filter.status !== undefined && { StatusEquals: filter.status }),
    MaxResults: 100,
  };
  const found: ListedJob[] = [];
  const add = (kind: JobKind, name = '', arn = '', status = '', created = new Date(0)): void => {
    found.push({ kind, name, arn, status, created });
  };
  try {
    for await (const { ProcessingJobSummaries = [] } of paginateListProcessingJobs({ client: sagemaker }, request))
      for (const job of ProcessingJobSummaries)
        add('processing', job.ProcessingJobName, job.ProcessingJobArn, job.ProcessingJobStatus, job.CreationTime);
    for await (const { TrainingJobSummaries = [] } of paginateListTrainingJobs({ client: sagemaker }, request))
      for (const job of TrainingJobSummaries)
        add('training', job.TrainingJobName, job.TrainingJobArn, job.TrainingJobStatus, job.CreationTime);
    for await (const page of paginateListHyperParameterTuningJobs({ client: sagemaker }, request))
      for (const job of page.HyperParameterTuningJobSummaries ?? [])
        add(
          'tuning',
          job.HyperParameterTuningJobName,
          job.HyperParameterTuningJobArn,
          job.HyperParameterTuningJobStatus,
          job.CreationTime,
        );
  } catch (error) {
    throw toCrossfoldError(error, 'list jobs');
  }
  return found.sort((a, b) => a.created.getTime() - b.created.getTime());
}

/** A resource's tags, by their keys. */
export async function tagsOf(sagemaker: SageMakerClient, arn: string): Promise<ReadonlyMap<string, string>> {
  try {
    const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn: arn }));
    return new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  } catch (error) {
    throw toCrossfoldError(error, `look at the tags of ${arn}`);
  }
}

/** Asks SageMaker to stop a job; one that has ended is stopped already. */
export async function askToStop(sagemaker: SageMakerClient, { kind, name }: JobReference): Promise<void> {
  try {
    switch (kind) {
      case 'training':
        await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
        break;
      case 'processing':
        await sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName: name }));
        break;
      case 'tuning':
        await sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
    }
  } catch (error) {
    if (!isRefused(error)) throw toCrossfoldError(error, `stop job ${name}`);
  }
}
