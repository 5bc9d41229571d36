import { z } from 'zod';
import { validation } from '../errors.ts';
import type { Images } from '../images.ts';
import type { JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import { isBuiltIn, requireBuiltIn } from './builtin-xgboost.ts';
import { environmentVariables, mlPath } from './container.ts';
import { ONE_MACHINE } from './kind.ts';
import { metricDefinitions } from './metrics.ts';

const DEFAULT_RUNTIME_S = 86_400;

const channel = z.object({
  ChannelName: z.string(),
  ContentType: z.string().optional(),
  InputMode: z.enum(['File', 'FastFile'], 'the input mode Pipe is not supported; use File or FastFile').optional(),
  CompressionType: z.literal('None', 'only None is supported').optional(),
  RecordWrapperType: z.literal('None', 'only None is supported').optional(),
  DataSource: z.object({
    S3DataSource: z.object(
      {
        S3Uri: z.string(),
        S3DataType: z.enum(['S3Prefix', 'ManifestFile'], 'only S3Prefix and ManifestFile are supported'),
        // With one machine both kinds of distribution give it everything.
        S3DataDistributionType: z.enum(['FullyReplicated', 'ShardedByS3Key']).default('FullyReplicated'),
      },
      'only S3DataSource is supported',
    ),
  }),
});

/** What of a training job's request decides how it runs; refuses what cannot run here. */
export const trainingRequest = z.object({
  AlgorithmSpecification: z.object({
    TrainingInputMode: z
      .enum(['File', 'FastFile'], 'the input mode Pipe is not supported; use File or FastFile')
      .optional(),
    TrainingImage: z.string('is missing; jobs run here by their image'),
    ContainerEntrypoint: z.array(z.string()).optional(),
    ContainerArguments: z.array(z.string()).default([]),
    MetricDefinitions: metricDefinitions.default([]),
  }),
  HyperParameters: z.record(z.string(), z.string()).default({}),
  InputDataConfig: z.array(channel).default([]),
  OutputDataConfig: z.object({ S3OutputPath: z.string(), CompressionType: z.enum(['GZIP', 'NONE']).default('GZIP') }),
  ResourceConfig: z.object({
    InstanceType: z.string(ONE_MACHINE),
    InstanceCount: z.literal(1, ONE_MACHINE).optional(),
    KeepAlivePeriodInSeconds: z.number().optional(),
  }),
  StoppingCondition: z
    .object({
      MaxRuntimeInSeconds: z.number().default(DEFAULT_RUNTIME_S),
      MaxWaitTimeInSeconds: z.number().optional(),
    })
    .prefault({}),
  EnableManagedSpotTraining: z.boolean().default(false),
  EnableNetworkIsolation: z.boolean().default(false),
  CheckpointConfig: z
    .object({
      S3Uri: z.string(),
      LocalPath: mlPath.default('/opt/ml/checkpoints'),
    })
    .optional(),
  RetryStrategy: z.object({ MaximumRetryAttempts: z.number() }).optional(),
  DebugRuleConfigurations: z.array(z.object({ RuleConfigurationName: z.string() })).default([]),
  Environment: environmentVariables,
});
export type TrainingRequest = z.infer<typeof trainingRequest>;

/** @throws ServiceError ValidationException for what AWS would refuse beyond its model, or would run and this endpoint cannot */
export function requireRunnable(request: JsonObject, images: Images): void {
  const asked = parsed(trainingRequest, request, 'The training job cannot run here');
  const { AlgorithmSpecification, StoppingCondition, EnableManagedSpotTraining, InputDataConfig } = asked;
  images.require(AlgorithmSpecification.TrainingImage);
  if (isBuiltIn(asked, images)) requireBuiltIn(asked);
  compilable(AlgorithmSpecification.MetricDefinitions);
  const { MaxRuntimeInSeconds, MaxWaitTimeInSeconds } = StoppingCondition;
  if (EnableManagedSpotTraining && MaxWaitTimeInSeconds === undefined) {
    throw validation('MaxWaitTimeInSeconds must be specified when EnableManagedSpotTraining is true.');
  }
  if (!EnableManagedSpotTraining && MaxWaitTimeInSeconds !== undefined) {
    throw validation('MaxWaitTimeInSeconds can only be specified when EnableManagedSpotTraining is true.');
  }
  if (MaxWaitTimeInSeconds !== undefined && MaxWaitTimeInSeconds < MaxRuntimeInSeconds) {
    throw validation('MaxWaitTimeInSeconds must be greater than or equal to MaxRuntimeInSeconds.');
  }
  const names = InputDataConfig.map(({ ChannelName }) => ChannelName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw validation(`Duplicate channel name "${twice}": each channel needs a name of its own.`);
}

function compilable(definitions: TrainingRequest['AlgorithmSpecification']['MetricDefinitions']): void {
  for (const { Name, Regex } of definitions) {
    try {
      new RegExp(Regex);
    } catch (error) {
      throw validation(`The regular expression of the metric "${Name}" cannot be compiled: ${String(error)}`);
    }
  }
}
