import { randomInt } from 'node:crypto';
import { validation } from '../errors.ts';
import type { Images } from '../images.ts';
import { BUILT_IN_METRICS, isBuiltIn } from '../jobs/builtin-xgboost.ts';
import { isOver } from '../jobs/kind.ts';
import { requireRunnable as requireTraining, trainingRequest } from '../jobs/training-request.ts';
import { compact, type JsonObject } from '../json.ts';
import { page, pageOf } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { jsonOf, trainingOf } from '../tuning/definition.ts';
import { planOf, type Plan } from '../tuning/plan.ts';
import {
  bestOf,
  counters,
  objectiveStatus,
  parentJobs,
  tunedJobs,
  withoutImprovement,
  type TunedJob,
} from '../tuning/results.ts';
import type { Tuner } from '../tuning/tuner.ts';
import { requireParents } from '../tuning/warm-start.ts';
import { addJob, requireJob, requireRunning } from './job-operations.ts';
import { pick, without, type Operations } from './operation.ts';
import { summaryOf } from './training-jobs.ts';

const WORDS = { kind: 'hyper-parameter-tuning-job', member: 'HyperParameterTuningJob', words: 'tuning job' } as const;

export function tuningJobs(store: Store, region: string, tuner: Tuner, images: Images): Operations {
  return {
    CreateHyperParameterTuningJob(request) {
      const plan = planOf(request);
      requireRunnable(plan, store, images);
      // One that nobody gave is drawn once, so that a restart goes on with it.
      const Seed = plan.seed ?? randomInt(2 ** 31);
      const job = addJob(store, region, WORDS, request, { Seed });
      tuner.start(job.name);
      return { HyperParameterTuningJobArn: job.arn };
    },
    DescribeHyperParameterTuningJob(request) {
      const job = requireJob(store, WORDS, request);
      const plan = planOf(job.request);
      const tuned = tunedJobs(store, job, plan);
      const identical = plan.warmStart === 'IdenticalDataAndAlgorithm';
      return compact({
        ...without(job.request, 'Tags'),
        ...summarize(job, tuned),
        BestTrainingJob: summaryOfBest(tuned),
        OverallBestTrainingJob: identical ? summaryOfBest([...parentJobs(store, plan), ...tuned]) : undefined,
        TuningJobCompletionDetails: { NumberOfTrainingJobsObjectiveNotImproving: withoutImprovement(tuned) },
        ConsumedResources: runtime(job),
        FailureReason: job.state['FailureReason'],
      });
    },
    ListHyperParameterTuningJobs: (request) =>
      page(store, request, {
        kind: WORDS.kind,
        member: 'HyperParameterTuningJobSummaries',
        summarize: (job) => ({
          ...summarize(job, tunedJobs(store, job, planOf(job.request))),
          ...pick(strategyOf(job), 'Strategy'),
          ResourceLimits: strategyOf(job)['ResourceLimits'] ?? {},
        }),
      }),
    ListTrainingJobsForHyperParameterTuningJob(request) {
      const job = requireJob(store, WORDS, request);
      const tuned = tunedJobs(store, job, planOf(job.request));
      const byName = new Map(tuned.map((each) => [each.job.name, tunedSummary(each)]));
      const summarizeTuned = ({ name }: Resource): JsonObject => byName.get(name) ?? {};
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
    DeleteHyperParameterTuningJob(request) {
      const job = requireJob(store, WORDS, request);
      if (!isOver(job.status))
        throw validation(`The tuning job ${job.arn} is in status ${job.status}: stop it before it is deleted.`);
      store.remove(WORDS.kind, job.name);
      return {};
    },
  };
}

function summarize(job: Resource, tuned: readonly TunedJob[]): JsonObject {
  return {
    HyperParameterTuningJobName: job.name,
    HyperParameterTuningJobArn: job.arn,
    HyperParameterTuningJobStatus: job.status,
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
    ...pick(job.state, 'HyperParameterTuningEndTime'),
    ...counters(tuned),
  };
}

/** A training job as the lists of its tuning job show it. */
function tunedSummary(tuned: TunedJob): JsonObject {
  const { job, search, value } = tuned;
  return compact({
    ...without(summaryOf(job), 'SecondaryStatus', 'LastModifiedTime'),
    ...pick(job.state, 'TunedHyperParameters', 'TrainingStartTime', 'FailureReason'),
    TrainingJobDefinitionName: search.name,
    FinalHyperParameterTuningJobObjectiveMetric:
      value === undefined ? undefined : { Type: search.goal, MetricName: search.metric, Value: value },
    ObjectiveStatus: objectiveStatus(tuned),
  });
}

function summaryOfBest(tuned: readonly TunedJob[]): JsonObject | undefined {
  const best = bestOf(tuned);
  return best === undefined ? undefined : tunedSummary(best);
}

/** How long the tuning job has taken, up to its end. */
function runtime({ created, state }: Resource): JsonObject {
  const end = Number(state['HyperParameterTuningEndTime'] ?? Date.now() / 1000);
  return { RuntimeInSeconds: Math.max(0, Math.round(end - created / 1000)) };
}

function strategyOf(job: Resource): JsonObject {
  const config = job.request['HyperParameterTuningJobConfig'];
  return typeof config === 'object' && config !== null && !Array.isArray(config) ? config : {};
}

/** @throws ServiceError ValidationException for what AWS would refuse beyond its model, or run and this endpoint cannot */
function requireRunnable(plan: Plan, store: Store, images: Images): void {
  for (const { definition, statics, metric } of plan.searches) {
    const training = trainingOf(jsonOf(definition), 'probe', statics);
    requireTraining(training, images);
    const asked = trainingRequest.parse(training);
    const { MetricDefinitions } = isBuiltIn(asked, images)
      ? { MetricDefinitions: BUILT_IN_METRICS }
      : asked.AlgorithmSpecification;
    if (!MetricDefinitions.some(({ Name }) => Name === metric))
      throw validation(`The objective metric "${metric}" is none of the MetricDefinitions of the training job.`);
  }
  requireParents(store, plan);
}
