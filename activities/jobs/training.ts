import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  paginateListTrainingJobs,
  StopTrainingJobCommand,
  TrainingInstanceType,
  type CreateTrainingJobRequest,
  type MetricDefinition,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { outputArtifact, type TrainingSpec } from '../../core/jobs.ts';
import { ifFound } from '../aws-errors.ts';
import { oneOf } from '../instance-type.ts';
import type { ObjectStore } from '../objects.ts';
import { readArchived } from './archived-result.ts';
import { DIGEST_TAG } from './digest.ts';
import { secondsBetween, type JobPort, type JobView } from './port.ts';

/** Training jobs: batches of fits, and the final fit. */
export function trainingPort(sagemaker: SageMakerClient, objects: ObjectStore): JobPort<TrainingSpec> {
  return {
    request: toRequest,
    async create(spec, tags) {
      await sagemaker.send(new CreateTrainingJobCommand({ ...toRequest(spec), Tags: [...tags] }));
    },
    async digest(name) {
      const { TrainingJobArn } = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn: TrainingJobArn }));
      return Tags.find((tag) => tag.Key === DIGEST_TAG)?.Value;
    },
    async describe(name) {
      const job = await ifFound(sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })));
      return (
        job && {
          status: statusOf(job.TrainingJobStatus),
          secondary: job.SecondaryStatus,
          reason: job.FailureReason,
          created: job.CreationTime,
          startup: secondsBetween(job.CreationTime, job.TrainingStartTime),
          seconds: secondsBetween(job.TrainingStartTime, job.TrainingEndTime),
        }
      );
    },
    async *list(since) {
      for await (const page of paginateListTrainingJobs(
        { client: sagemaker },
        { LastModifiedTimeAfter: since, MaxResults: 100 },
      )) {
        for (const job of page.TrainingJobSummaries ?? []) {
          yield {
            name: job.TrainingJobName ?? '',
            status: statusOf(job.TrainingJobStatus),
            modified: job.LastModifiedTime ?? since,
          };
        }
      }
    },
    async stop(name) {
      await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
    },
    async readResult(spec) {
      if (spec.result === 'none') return '{}';
      const archive = await objects.read(outputArtifact(spec));
      return archive === undefined ? undefined : await readArchived(archive, 'result.json');
    },
  };
}

/** `Deleting` is a job that has ended and is being forgotten. */
function statusOf(status: string | undefined): JobView['status'] {
  switch (status) {
    case 'Completed':
    case 'Failed':
    case 'Stopped':
    case 'Stopping':
      return status;
    case 'Deleting':
      return 'Stopped';
    default:
      return 'InProgress';
  }
}

function toRequest(spec: TrainingSpec): CreateTrainingJobRequest {
  const { machine } = spec;
  return {
    TrainingJobName: spec.name,
    RoleArn: machine.role,
    AlgorithmSpecification: {
      TrainingImage: machine.image,
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['python3', `${CODE}/${spec.script}`],
      MetricDefinitions: metricDefinitions(spec.metrics),
    },
    HyperParameters: { ...spec.hyperparameters },
    ...surroundings(spec),
  };
}

/** Where a training job has its scripts. */
export const CODE = '/opt/ml/input/data/code';

/** How metrics are read from what a job prints. */
export function metricDefinitions(names: readonly string[]): MetricDefinition[] {
  return names.map((name) => ({ Name: name, Regex: `\\b${name}=([-+0-9.eE]+);` }));
}

/** What a training job reads, leaves, runs on and may take, whoever starts it. */
export function surroundings(spec: Pick<TrainingSpec, 'inputs' | 'output' | 'machine'>): Surroundings {
  const { machine } = spec;
  return {
    InputDataConfig: spec.inputs.map(({ name, uri }) => ({
      ChannelName: name,
      DataSource: {
        S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' },
      },
    })),
    OutputDataConfig: { S3OutputPath: spec.output.replace(/\/$/, '') },
    ResourceConfig: {
      InstanceCount: 1,
      InstanceType: oneOf(TrainingInstanceType, machine.instance, 'a training job'),
      VolumeSizeInGB: machine.volume,
    },
    StoppingCondition: { MaxRuntimeInSeconds: machine.timeout },
  };
}

type Surroundings = Required<
  Pick<CreateTrainingJobRequest, 'InputDataConfig' | 'OutputDataConfig' | 'ResourceConfig' | 'StoppingCondition'>
>;
