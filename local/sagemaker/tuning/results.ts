import { z } from 'zod';
import { isOver } from '../jobs/kind.ts';
import type { JsonObject } from '../json.ts';
import type { Resource, Store } from '../store.ts';
import { planOf, type Plan, type Search } from './plan.ts';

/** A better objective is one that is better by this share, as AWS counts it. */
const IMPROVEMENT = 0.01;

const metrics = z.array(z.object({ MetricName: z.string(), Value: z.number() })).default([]);

/** A training job of a tuning job, with its objective where it has one. */
export interface TunedJob {
  readonly job: Resource;
  readonly search: Search;
  /** Its number with the sampler. */
  readonly trial: number;
  readonly value: number | undefined;
}

/** The training jobs of a tuning job, in the order in which they were made. */
export function tunedJobs(store: Store, tuning: Resource, plan: Plan): TunedJob[] {
  return store.find('training-job', { member: { tuningJob: tuning.arn } }).map((job) => {
    const search = plan.searches.find(({ name }) => name === job.state['TuningDefinition']) ?? plan.searches[0];
    const found = metrics.parse(job.state['FinalMetricDataList']);
    const value = found.find(({ MetricName }) => MetricName === search.metric)?.Value;
    return { job, search, value, trial: z.number().parse(job.state['TuningTrial']) };
  });
}

/** As AWS: one that was stopped counts where its log had a value. */
export function objectiveStatus({ job, value }: TunedJob): 'Succeeded' | 'Pending' | 'Failed' {
  if (!isOver(job.status)) return 'Pending';
  return job.status !== 'Failed' && value !== undefined ? 'Succeeded' : 'Failed';
}

/** How many training jobs there are in each status. */
export function counters(tuned: readonly TunedJob[]): JsonObject {
  const count = (keep: (each: TunedJob) => boolean): number => tuned.filter(keep).length;
  return {
    TrainingJobStatusCounters: {
      Completed: count(({ job }) => job.status === 'Completed'),
      InProgress: count(({ job }) => !isOver(job.status)),
      RetryableError: 0,
      NonRetryableError: count(({ job }) => job.status === 'Failed'),
      Stopped: count(({ job }) => job.status === 'Stopped'),
    },
    ObjectiveStatusCounters: {
      Succeeded: count((each) => objectiveStatus(each) === 'Succeeded'),
      Pending: count((each) => objectiveStatus(each) === 'Pending'),
      Failed: count((each) => objectiveStatus(each) === 'Failed'),
    },
  };
}

/** The training job with the best objective; the first of equals. */
export function bestOf(tuned: readonly TunedJob[]): TunedJob | undefined {
  let best: TunedJob | undefined;
  for (const each of tuned) {
    if (objectiveStatus(each) !== 'Succeeded') continue;
    if (best === undefined || gain(each, best.value) > 0) best = each;
  }
  return best;
}

/** How many training jobs have ended since the best one got better by a hundredth. */
export function withoutImprovement(tuned: readonly TunedJob[]): number {
  const ended = tuned
    .filter((each) => objectiveStatus(each) === 'Succeeded')
    .sort((a, b) => Number(a.job.state['TrainingEndTime'] ?? 0) - Number(b.job.state['TrainingEndTime'] ?? 0));
  let since = 0;
  let best: number | undefined;
  for (const each of ended) {
    const better = best === undefined || gain(each, best) >= IMPROVEMENT * Math.abs(best);
    since = better ? 0 : since + 1;
    if (better) best = each.value;
  }
  return since;
}

/** Why a tuning job is complete, before all of its training jobs were made; undefined where it is not. */
export function criterionMet(plan: Plan, tuned: readonly TunedJob[], runtimeMs: number): string | undefined {
  if (runtimeMs >= plan.runtimeSeconds * 1000) return 'MaxRuntimeInSeconds';
  const best = bestOf(tuned);
  if (plan.target !== undefined && best !== undefined && gain(best, plan.target) >= 0)
    return 'TargetObjectiveMetricValue';
  return withoutImprovement(tuned) >= plan.patience ? 'BestObjectiveNotImproving' : undefined;
}

/** The training jobs of a tuning job's parents. */
export function parentJobs(store: Store, plan: Plan): TunedJob[] {
  return plan.parents.flatMap((name) => {
    const parent = store.get('hyper-parameter-tuning-job', name);
    return parent === undefined ? [] : tunedJobs(store, parent, planOf(parent.request));
  });
}

/** By how much a job's objective is better than another value; below 0 where it is worse. */
function gain({ value = Number.NaN, search }: TunedJob, than = Number.NaN): number {
  return search.goal === 'Maximize' ? value - than : than - value;
}
