import {
  paginateListTrainingJobsForHyperParameterTuningJob,
  type HyperParameterTrainingJobSummary,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { CrossfoldError } from '../../core/errors.ts';
import { outputArtifact, type TuningSpec } from '../../core/jobs.ts';
import { resultSchemas, type Result, type TunedTraining } from '../../core/results.ts';
import type { ObjectStore } from '../objects.ts';
import { readArchived } from './archived-result.ts';
import { secondsBetween } from './port.ts';

/** The training jobs of a tuning job that has ended, in the order of their creation, with the files that they left. */
export async function readTrainings(
  sagemaker: SageMakerClient,
  objects: ObjectStore,
  spec: TuningSpec,
): Promise<TunedTraining[]> {
  const found: TunedTraining[] = [];
  const request = { HyperParameterTuningJobName: spec.name, SortBy: 'CreationTime', SortOrder: 'Ascending' } as const;
  for await (const page of paginateListTrainingJobsForHyperParameterTuningJob(
    { client: sagemaker },
    { ...request, MaxResults: 100 },
  )) {
    for (const summary of page.TrainingJobSummaries ?? []) found.push(await trainingOf(summary, objects, spec));
  }
  return found;
}

async function trainingOf(
  summary: HyperParameterTrainingJobSummary,
  objects: ObjectStore,
  spec: TuningSpec,
): Promise<TunedTraining> {
  const { TrainingJobName: name = '', TrainingJobStatus, TrainingStartTime } = summary;
  const status = TrainingJobStatus === 'Completed' || TrainingJobStatus === 'Failed' ? TrainingJobStatus : 'Stopped';
  const left = status === 'Failed' ? undefined : await readFits(name, objects, spec);
  return {
    job: name,
    status,
    reason: status === 'Failed' ? (summary.FailureReason ?? 'SageMaker gave no reason') : null,
    searched: { ...summary.TunedHyperParameters },
    created: summary.CreationTime === undefined ? null : summary.CreationTime.getTime() / 1000,
    startup: secondsBetween(summary.CreationTime, TrainingStartTime),
    seconds: secondsBetween(TrainingStartTime, summary.TrainingEndTime),
    working_seconds: left?.working_seconds ?? 0,
    fits: left?.fits ?? [],
  };
}

/** What a training job left; nothing where it was stopped before its first fold was scored. */
async function readFits(name: string, objects: ObjectStore, spec: TuningSpec): Promise<Result<'fits'> | undefined> {
  const archive = await objects.read(outputArtifact({ output: spec.output, name }));
  const text = archive === undefined ? undefined : await readArchived(archive, 'result.json');
  if (text === undefined) return undefined;
  const parsed = resultSchemas.fits.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CrossfoldError(
    'ResultMissing',
    `${spec.step}: the result.json of the training job ${name} has no valid ${issue?.path.join('.') ?? 'content'}: ` +
      `${issue?.message ?? ''}. ${spec.script} must write it.`,
  );
}
