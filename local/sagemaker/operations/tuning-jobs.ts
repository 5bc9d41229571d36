import { validation } from '../errors.ts';
import type { Images } from '../images.ts';
import { BUILT_IN_METRICS, isBuiltIn } from '../jobs/builtin-xgboost.ts';
import { isOver } from '../jobs/kind.ts';
import { requireRunnable as requireTraining, trainingRequest } from '../jobs/training-request.ts';
import { compact, type JsonObject } from '../json.ts';
import { page, pageOf } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { trainingOf } from '../tuning/definition.ts';
import { jsonOf, tuningRequest, type TunedJob, type Tuner } from '../tuning/tuner.ts';
import { addJob, requireJob, requireRunning } from './job-operations.ts';
import { pick, without, type Operations } from './operation.ts';
import { summaryOf } from './training-jobs.ts';

const WORDS = { kind: 'hyper-parameter-tuning-job', member: 'HyperParameterTuningJob', words: 'tuning job' } as const;

export function tuningJobs(store: Store, region: string, tuner: Tuner, images: Images): Operations {
  return {
    CreateHyperParameterTuningJob(request) {
      requireRunnable(request, images);
      const job = addJob(store, region, WORDS, request, {});
      tuner.start(job.name);
      return { HyperParameterTuningJobArn: job.arn };
    },
    DescribeHyperParameterTuningJob(request) {
      const job = requireJob(store, WORDS, request);
      const tuned = tuner.trainingJobs(job.name);
      return compact({
        ...without(job.request, 'Tags'),
        ...summarize(job, tuned),
        BestTrainingJob: bestOf(job, tuned),
        FailureReason: job.state['FailureReason'],
      });
    },
    ListHyperParameterTuningJobs: (request) =>
      page(store, request, {
        kind: WORDS.kind,
        member: 'HyperParameterTuningJobSummaries',
        summarize: (job) => ({
          ...summarize(job, tuner.trainingJobs(job.name)),
          ...pick(strategyOf(job), 'Strategy'),
          ResourceLimits: strategyOf(job)['ResourceLimits'] ?? {},
        }),
      }),
    ListTrainingJobsForHyperParameterTuningJob(request) {
      const job = requireJob(store, WORDS, request);
      const tuned = tuner.trainingJobs(job.name);
      const byName = new Map(tuned.map((each) => [each.job.name, each]));
      const summarizeTuned = (each: Resource): JsonObject => tunedSummary(job, byName.get(each.name), each);
      const list = { kind: 'training-job', member: 'TrainingJobSummaries', summarize: summarizeTuned } as const;
      if (request['SortBy'] !== 'FinalObjectiveMetricValue')
        return page(store, request, { ...list, query: { member: { tuningJob: job.arn } } });
      const sign = request['SortOrder'] === 'Ascending' ? 1 : -1;
      const worst = Number.NEGATIVE_INFINITY;
      const sorted = tuned
        .filter((each) => request['StatusEquals'] === undefined || each.job.status === request['StatusEquals'])
        .sort((a, b) => sign * ((a.value ?? worst) - (b.value ?? worst)) || sign * (a.job.id - b.job.id))
        .map((each) => each.job);
      return pageOf(sorted, request, list.member, summarizeTuned);
    },
    StopHyperParameterTuningJob(request) {
      const job = requireJob(store, WORDS, request);
      requireRunning(job, WORDS.words);
      tuner.stop(job.name);
      return {};
    },
  };
}

function summarize(job: Resource, tuned: readonly TunedJob[]): JsonObject {
  const count = (keep: (each: TunedJob) => boolean): number => tuned.filter(keep).length;
  return {
    HyperParameterTuningJobName: job.name,
    HyperParameterTuningJobArn: job.arn,
    HyperParameterTuningJobStatus: job.status,
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
    ...pick(job.state, 'HyperParameterTuningEndTime'),
    TrainingJobStatusCounters: {
      Completed: count((each) => each.job.status === 'Completed'),
      InProgress: count((each) => !isOver(each.job.status)),
      RetryableError: 0,
      NonRetryableError: count((each) => each.job.status === 'Failed'),
      Stopped: count((each) => each.job.status === 'Stopped'),
    },
    ObjectiveStatusCounters: {
      Succeeded: count((each) => objectiveStatus(each) === 'Succeeded'),
      Pending: count((each) => objectiveStatus(each) === 'Pending'),
      Failed: count((each) => objectiveStatus(each) === 'Failed'),
    },
  };
}

function objectiveStatus({ job, value }: TunedJob): 'Succeeded' | 'Pending' | 'Failed' {
  if (!isOver(job.status)) return 'Pending';
  return job.status === 'Completed' && value !== undefined ? 'Succeeded' : 'Failed';
}

function bestOf(tuning: Resource, tuned: readonly TunedJob[]): JsonObject | undefined {
  const { Type } = tuningRequest.parse(tuning.request).HyperParameterTuningJobConfig.HyperParameterTuningJobObjective;
  const sign = Type === 'Maximize' ? 1 : -1;
  const [best] = tuned
    .filter((each) => objectiveStatus(each) === 'Succeeded')
    .sort((a, b) => sign * ((b.value ?? 0) - (a.value ?? 0)));
  return best === undefined ? undefined : tunedSummary(tuning, best, best.job);
}

function tunedSummary(tuning: Resource, tuned: TunedJob | undefined, job: Resource): JsonObject {
  const { MetricName, Type } = tuningRequest.parse(tuning.request).HyperParameterTuningJobConfig
    .HyperParameterTuningJobObjective;
  return compact({
    ...without(summaryOf(job), 'SecondaryStatus', 'LastModifiedTime'),
    ...pick(job.state, 'TunedHyperParameters', 'TrainingStartTime', 'FailureReason'),
    FinalHyperParameterTuningJobObjectiveMetric:
      tuned?.value === undefined ? undefined : { Type, MetricName, Value: tuned.value },
    ObjectiveStatus: tuned === undefined ? undefined : objectiveStatus(tuned),
  });
}

function strategyOf(job: Resource): JsonObject {
  const config = job.request['HyperParameterTuningJobConfig'];
  return typeof config === 'object' && config !== null && !Array.isArray(config) ? config : {};
}

/** @throws ServiceError ValidationException for what AWS would run and this endpoint cannot */
function requireRunnable(request: JsonObject, images: Images): void {
  const parsed = tuningRequest.safeParse(request);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw validation(
      `The tuning job cannot run here: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. ` +
        'What runs: one TrainingJobDefinition; the strategies Random, Grid and Bayesian; no warm start, no early stopping.',
    );
  }
  const { HyperParameterTuningJobConfig, TrainingJobDefinition } = parsed.data;
  const { StaticHyperParameters } = TrainingJobDefinition;
  const training = trainingOf(jsonOf(TrainingJobDefinition), 'probe', StaticHyperParameters);
  requireTraining(training, images);
  const { MetricName } = HyperParameterTuningJobConfig.HyperParameterTuningJobObjective;
  const asked = trainingRequest.parse(training);
  const MetricDefinitions = isBuiltIn(asked, images)
    ? BUILT_IN_METRICS
    : asked.AlgorithmSpecification.MetricDefinitions;
  if (!MetricDefinitions.some(({ Name }) => Name === MetricName)) {
    throw validation(`The objective metric "${MetricName}" is none of the MetricDefinitions of the training job.`);
  }
}
