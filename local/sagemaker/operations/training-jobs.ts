import { z } from 'zod';
import { ServiceError, validation } from '../errors.ts';
import type { Images } from '../images.ts';
import { isBuiltIn, withBuiltInMetrics } from '../jobs/builtin-xgboost.ts';
import { isOver, type JobKind } from '../jobs/kind.ts';
import type { Scheduler } from '../jobs/scheduler.ts';
import { requireRunnable, trainingRequest } from '../jobs/training-request.ts';
import { modelArtifacts, toSecondary } from '../jobs/training-state.ts';
import { takeWarmPool, warmPoolOf } from '../jobs/warm-pools.ts';
import { compact, type Json, type JsonObject } from '../json.ts';
import { page, pageOf, queryOf } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { addJob, beginStop, requireJob, stopJob } from './job-operations.ts';
import { pick, without, type Operations } from './operation.ts';

const WORDS = { kind: 'training-job', member: 'TrainingJob', words: 'training job' } as const;

const update = z.object({ ResourceConfig: z.object({ KeepAlivePeriodInSeconds: z.number() }).optional() });

export interface TrainingJobs {
  readonly operations: Operations;
  /** Makes a training job as CreateTrainingJob does; `state` is what its maker notes on it. */
  create(request: JsonObject, state: JsonObject): Resource;
  /** Stops a training job; nothing where it is over or being stopped. */
  stop(name: string): void;
}

export function trainingJobs(
  store: Store,
  region: string,
  kind: JobKind,
  scheduler: Scheduler,
  known: Images,
): TrainingJobs {
  function create(asked: JsonObject, state: JsonObject): Resource {
    requireRunnable(asked, known);
    const BuiltIn = isBuiltIn(trainingRequest.parse(asked), known);
    const request = BuiltIn ? withBuiltInMetrics(asked) : asked;
    const job = addJob(store, region, WORDS, request, { ...kind.initial, ...state, BuiltIn });
    const now = Date.now();
    const warm = takeWarmPool(store, request, job.name, now);
    const message = warm ? 'Starting the training job on a warm pool' : 'Starting the training job';
    store.change('training-job', job.name, {
      state: { ...toSecondary(job, 'Starting', message, now), Warm: warm },
    });
    scheduler.add(kind, job.name);
    return job;
  }

  function stop(name: string): void {
    const job = store.get('training-job', name);
    if (job === undefined || isOver(job.status) || job.status === 'Stopping') return;
    beginStop(store, scheduler, kind, job);
  }

  return {
    create,
    stop,
    operations: {
      CreateTrainingJob: (request) => ({ TrainingJobArn: create(request, {}).arn }),
      DescribeTrainingJob: (request) => describeTrainingJob(requireJob(store, WORDS, request)),
      ListTrainingJobs(request) {
        const pool = request['WarmPoolStatusEquals'];
        if (pool === undefined)
          return page(store, request, { kind: 'training-job', member: 'TrainingJobSummaries', summarize: summaryOf });
        const now = Date.now();
        const found = store
          .find('training-job', { ...queryOf(request), keepsAlive: true }, { descending: true })
          .filter((job) => warmPoolOf(job, now)?.['Status'] === pool);
        return pageOf(found, request, 'TrainingJobSummaries', summaryOf);
      },
      StopTrainingJob(request) {
        stopJob(store, scheduler, kind, WORDS, request);
        return {};
      },
      UpdateTrainingJob(request) {
        const job = requireJob(store, WORDS, request);
        const parsed = update.safeParse(request);
        const seconds = parsed.data?.ResourceConfig?.KeepAlivePeriodInSeconds;
        if (seconds === undefined)
          throw validation('Of a training job, ResourceConfig.KeepAlivePeriodInSeconds alone can be updated here.');
        if (warmPoolOf(job, Date.now())?.['Status'] !== 'Available') {
          throw validation(
            `The training job ${job.arn} has no warm pool that is Available, so there is nothing to update.`,
          );
        }
        store.change('training-job', job.name, { state: { KeepAlivePeriodInSeconds: seconds } });
        return { TrainingJobArn: job.arn };
      },
      async DeleteTrainingJob(request) {
        const job = requireJob(store, WORDS, request);
        if (!isOver(job.status) || warmPoolOf(job, Date.now())?.['Status'] === 'Available') {
          throw new ServiceError(
            'ResourceInUse',
            `The training job ${job.arn} is in status ${job.status}, or has a warm pool: it cannot be deleted.`,
          );
        }
        await scheduler.forget(kind, job.name);
        store.remove('training-job', job.name);
        return {};
      },
    },
  };
}

/** A training job as DescribeTrainingJob tells it. */
export function describeTrainingJob(job: Resource): JsonObject {
  const { OutputDataConfig, DebugRuleConfigurations } = trainingRequest.parse(job.request);
  return compact({
    ...{
      EnableNetworkIsolation: false,
      EnableInterContainerTrafficEncryption: false,
      EnableManagedSpotTraining: false,
    },
    StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
    ...without(job.request, 'Tags'),
    ...pick(
      job.state,
      ...['SecondaryStatus', 'SecondaryStatusTransitions', 'TuningJobArn', 'FailureReason', 'FinalMetricDataList'],
      ...['TrainingStartTime', 'TrainingEndTime', 'TrainingTimeInSeconds', 'BillableTimeInSeconds'],
    ),
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    TrainingJobStatus: job.status,
    ModelArtifacts: modelArtifacts(job.name, OutputDataConfig),
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
    WarmPoolStatus: warmPoolOf(job, Date.now()),
    DebugRuleEvaluationStatuses:
      DebugRuleConfigurations.length === 0
        ? undefined
        : DebugRuleConfigurations.map(({ RuleConfigurationName }): Json => unevaluated(RuleConfigurationName, job)),
  });
}

/** Rules run in images of AWS's that are not here: said so, rather than that they found nothing. */
function unevaluated(RuleConfigurationName: string, job: Resource): JsonObject {
  return {
    RuleConfigurationName,
    RuleEvaluationStatus: 'Error',
    StatusDetails: 'Debugger rules are not evaluated on the local endpoint.',
    LastModifiedTime: job.created / 1000,
  };
}

/** A training job as lists show it. */
export function summaryOf(job: Resource): JsonObject {
  return compact({
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
    TrainingJobStatus: job.status,
    SecondaryStatus: job.state['SecondaryStatus'] ?? 'Starting',
    ...pick(job.state, 'TrainingEndTime'),
    WarmPoolStatus: warmPoolOf(job, Date.now()),
  });
}
