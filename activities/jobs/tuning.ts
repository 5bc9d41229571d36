import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  ListTagsCommand,
  paginateListHyperParameterTuningJobs,
  StopHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobRequest,
  type HyperParameterTuningJobConfig,
  type HyperParameterTuningJobStrategyType,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { TuningSpec } from '../../core/jobs.ts';
import type { Strategy } from '../../core/managed-fields.ts';
import type { Goal } from '../../core/results.ts';
import { ifFound } from '../aws-errors.ts';
import type { ObjectStore } from '../objects.ts';
import { DIGEST_TAG } from './digest.ts';
import type { JobPort, JobView } from './port.ts';
import { CODE, metricDefinitions, surroundings } from './training.ts';
import { readTrainings } from './tuned-trainings.ts';
import { parameterRanges } from './tuning-ranges.ts';

/** Times that SageMaker starts a training job again that was interrupted: with the first as many as a run starts any job. */
const RETRIES = 2;

/** Tuning jobs: SageMaker searches, and starts a training job for each setting. */
export function tuningPort(sagemaker: SageMakerClient, objects: ObjectStore): JobPort<TuningSpec> {
  return {
    request: toRequest,
    async create(spec, tags) {
      await sagemaker.send(new CreateHyperParameterTuningJobCommand({ ...toRequest(spec), Tags: [...tags] }));
    },
    async digest(name) {
      const command = new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name });
      const { HyperParameterTuningJobArn } = await sagemaker.send(command);
      const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn: HyperParameterTuningJobArn }));
      return Tags.find((tag) => tag.Key === DIGEST_TAG)?.Value;
    },
    async describe(name) {
      const command = new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name });
      const job = await ifFound(sagemaker.send(command));
      return (
        job && {
          status: statusOf(job.HyperParameterTuningJobStatus),
          secondary: undefined,
          reason: job.FailureReason,
          created: job.CreationTime,
          // It has no machine of its own: the time of machines is that of its training jobs.
          startup: 0,
          seconds: 0,
        }
      );
    },
    async *list(since) {
      for await (const page of paginateListHyperParameterTuningJobs(
        { client: sagemaker },
        { LastModifiedTimeAfter: since, MaxResults: 100 },
      )) {
        for (const job of page.HyperParameterTuningJobSummaries ?? []) {
          yield {
            name: job.HyperParameterTuningJobName ?? '',
            status: statusOf(job.HyperParameterTuningJobStatus),
            modified: job.LastModifiedTime ?? since,
          };
        }
      }
    },
    async stop(name) {
      await sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
    },
    async readResult(spec) {
      return JSON.stringify({ trainings: await readTrainings(sagemaker, objects, spec) });
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
    case 'DeleteFailed':
      return 'Stopped';
    default:
      return 'InProgress';
  }
}

const STRATEGIES: Readonly<Record<Strategy, HyperParameterTuningJobStrategyType>> = {
  random: 'Random',
  bayesian: 'Bayesian',
  grid: 'Grid',
  hyperband: 'Hyperband',
};
const GOALS: Readonly<Record<Goal, 'Maximize' | 'Minimize'>> = { maximize: 'Maximize', minimize: 'Minimize' };

/** What a training job prints after each fold. */
function meanOf(metric: string): string {
  return `mean_${metric}`;
}

function toRequest(spec: TuningSpec): CreateHyperParameterTuningJobRequest {
  const { machine, warmStart } = spec;
  return {
    HyperParameterTuningJobName: spec.name,
    HyperParameterTuningJobConfig: searchConfig(spec),
    TrainingJobDefinition: {
      RoleArn: machine.role,
      AlgorithmSpecification: {
        TrainingImage: machine.image,
        TrainingInputMode: 'File',
        MetricDefinitions: metricDefinitions([...spec.metrics, meanOf(spec.objective.metric)]),
      },
      // Tuning jobs have no entry point of their own: script mode names it.
      StaticHyperParameters: {
        ...spec.hyperparameters,
        sagemaker_program: spec.script,
        sagemaker_submit_directory: CODE,
      },
      RetryStrategy: { MaximumRetryAttempts: RETRIES },
      ...surroundings(spec),
    },
    ...(warmStart !== undefined && {
      WarmStartConfig: {
        WarmStartType: warmStart.type,
        ParentHyperParameterTuningJobs: warmStart.parents.map((HyperParameterTuningJobName) => ({
          HyperParameterTuningJobName,
        })),
      },
    }),
  };
}

function searchConfig(spec: TuningSpec): HyperParameterTuningJobConfig {
  const { strategy, objective } = spec;
  return {
    Strategy: STRATEGIES[strategy],
    HyperParameterTuningJobObjective: { Type: GOALS[objective.goal], MetricName: meanOf(objective.metric) },
    ResourceLimits: {
      // A grid has as many as it has combinations.
      ...(strategy !== 'grid' && { MaxNumberOfTrainingJobs: spec.trials }),
      MaxParallelTrainingJobs: spec.parallel,
    },
    ParameterRanges: parameterRanges(spec.ranges, strategy === 'grid'),
    RandomSeed: spec.seed,
    TrainingJobEarlyStoppingType: spec.earlyStopping ? 'Auto' : 'Off',
    ...(strategy === 'hyperband' && {
      StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: spec.epochs } },
    }),
  };
}
