import {
  CreateProcessingJobCommand,
  DescribeProcessingJobCommand,
  ListTagsCommand,
  paginateListProcessingJobs,
  StopProcessingJobCommand,
  ProcessingInstanceType,
  type CreateProcessingJobRequest,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { ProcessingSpec } from '../../core/jobs.ts';
import { ifFound } from '../aws-errors.ts';
import { oneOf } from '../instance-type.ts';
import type { ObjectStore } from '../objects.ts';
import { DIGEST_TAG } from './digest.ts';
import { secondsBetween, type JobPort } from './port.ts';

const INPUT = '/opt/ml/processing/input';
const OUTPUT = '/opt/ml/processing/output';

/** Processing jobs: split, preprocess, suggest, evaluate. */
export function processingPort(sagemaker: SageMakerClient, objects: ObjectStore): JobPort<ProcessingSpec> {
  return {
    request: toRequest,
    async create(spec, tags) {
      for (const { uri, text } of spec.inputs)
        if (text !== undefined) await objects.writeText(uri, text, 'application/json');
      await sagemaker.send(new CreateProcessingJobCommand({ ...toRequest(spec), Tags: [...tags] }));
    },
    async digest(name) {
      const { ProcessingJobArn } = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
      const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn: ProcessingJobArn }));
      return Tags.find((tag) => tag.Key === DIGEST_TAG)?.Value;
    },
    async describe(name) {
      const job = await ifFound(sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name })));
      return (
        job && {
          status: job.ProcessingJobStatus ?? 'InProgress',
          secondary: undefined,
          reason: job.ExitMessage ?? job.FailureReason,
          created: job.CreationTime,
          startup: secondsBetween(job.CreationTime, job.ProcessingStartTime),
          seconds: secondsBetween(job.ProcessingStartTime, job.ProcessingEndTime),
        }
      );
    },
    async *list(since) {
      for await (const page of paginateListProcessingJobs(
        { client: sagemaker },
        { LastModifiedTimeAfter: since, MaxResults: 100 },
      )) {
        for (const job of page.ProcessingJobSummaries ?? []) {
          yield {
            name: job.ProcessingJobName ?? '',
            status: job.ProcessingJobStatus ?? 'InProgress',
            modified: job.LastModifiedTime ?? since,
          };
        }
      }
    },
    async stop(name) {
      await sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName: name }));
    },
    readResult: (spec) => objects.readText(`${spec.output}result.json`),
  };
}

function toRequest(spec: ProcessingSpec): CreateProcessingJobRequest {
  const { machine } = spec;
  return {
    ProcessingJobName: spec.name,
    RoleArn: machine.role,
    AppSpecification: {
      ImageUri: machine.image,
      ContainerEntrypoint: ['python3', `${INPUT}/code/${spec.script}`],
      ...(spec.arguments.length > 0 && { ContainerArguments: [...spec.arguments] }),
    },
    ProcessingInputs: spec.inputs.map(({ name, uri }) => ({
      InputName: name,
      S3Input: { S3Uri: uri, LocalPath: `${INPUT}/${name}`, S3DataType: 'S3Prefix', S3InputMode: 'File' },
    })),
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: spec.result,
          S3Output: { S3Uri: spec.output, LocalPath: `${OUTPUT}/${spec.result}`, S3UploadMode: 'EndOfJob' },
        },
      ],
    },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: oneOf(ProcessingInstanceType, machine.instance, 'a processing job'),
        VolumeSizeInGB: machine.volume,
      },
    },
    StoppingCondition: { MaxRuntimeInSeconds: machine.timeout },
  };
}
