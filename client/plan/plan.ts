import { batchSizes, jobTimes } from '../../core/batch-size.ts';
import { batchRule, type Pipeline } from '../../core/pipeline.ts';
import { jobsOf, plannedSteps, type PlannedStep } from '../../core/planned-jobs.ts';
import { costOf, priceOf } from '../../core/prices.ts';
import { measuredTimes, stepSeconds } from '../../core/run-estimate.ts';
import type { JobRecord } from '../../core/run.ts';
import type { Reusable } from './reusable.ts';

/** One step of a plan, in figures. */
export interface PlanRow {
  readonly step: PlannedStep['step'];
  /** The most jobs and fits that the step needs. */
  readonly jobs: number;
  readonly fits: number;
  /** Of these, what is taken over: jobs, or fits where the step has some; null where it cannot be told yet. */
  readonly reused: number | null;
  /** On instances, of what is not taken over; null where a job of its type was never measured. */
  readonly seconds: number | null;
}

/** What a run would need. */
export interface Plan {
  readonly pipeline: string;
  readonly method: Pipeline['method'];
  readonly instance: string;
  readonly folds: number;
  readonly steps: readonly PlanRow[];
  readonly jobs: number;
  readonly fits: number;
  readonly instanceHours: number | null;
  /** USD per instance-hour. */
  readonly price: number | null;
  readonly cost: number | null;
}

/**
 * The plan of a run.
 *
 * @param earlier jobs of earlier runs of the pipeline, for their times
 */
export function planOf(pipeline: Pipeline, slots: number, reusable: Reusable, earlier: readonly JobRecord[]): Plan {
  const folds = reusable.split?.folds.length;
  const facts = { ...(folds !== undefined && { folds }), ...tuneBatch(pipeline, slots, earlier) };
  const times = measuredTimes(earlier);
  const rows = plannedSteps(pipeline, facts).map((step): PlanRow => {
    const reused = reusedOf(step, reusable);
    const seconds = stepSeconds(remaining(step, reusable, reused), times);
    return { step: step.step, jobs: jobsOf(step), fits: step.fits, reused, seconds: seconds ?? null };
  });
  const total = (of: (row: PlanRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const known = rows.every(({ seconds }) => seconds !== null);
  const price = priceOf(pipeline.jobs);
  const all = total(({ seconds }) => seconds ?? 0);
  return {
    pipeline: pipeline.pipeline,
    method: pipeline.method,
    instance: pipeline.jobs.instance,
    folds: folds ?? pipeline.split.folds * pipeline.split.repeats,
    steps: rows,
    jobs: total(({ jobs }) => jobs),
    fits: total(({ fits }) => fits),
    instanceHours: known ? all / 3600 : null,
    price: price ?? null,
    cost: known ? (costOf(all, price) ?? null) : null,
  };
}

/** How many fits a job of the tuning would carry, for what earlier jobs have taken. */
function tuneBatch(pipeline: Pipeline, slots: number, earlier: readonly JobRecord[]): { tuneBatch?: number } {
  if (pipeline.batch !== 'auto') return {};
  const times = jobTimes(
    earlier.filter(({ reused }) => !reused),
    1,
  );
  const tune = plannedSteps(pipeline).find(({ step }) => step === 'tune');
  if (times === undefined || tune === undefined) return {};
  const jobs = batchSizes(batchRule(pipeline, times, slots), tune.fits).length;
  return jobs === 0 ? {} : { tuneBatch: Math.ceil(tune.fits / jobs) };
}

function reusedOf({ step, fits }: PlannedStep, { split, base, tune }: Reusable): number | null {
  switch (step) {
    case 'split':
      return split === undefined ? 0 : 1;
    case 'folds':
      return base;
    case 'tune':
      return tune === undefined ? null : Math.min(tune, fits);
    case 'sample':
    case 'confirm':
    case 'nested':
    case 'final':
    case 'holdout':
      // What they depend on is chosen by the search.
      return split === undefined ? 0 : null;
  }
}

/** What is left of a step to be run: jobs in proportion to their fits. */
function remaining(
  step: PlannedStep,
  { preprocessed }: Reusable,
  reused: number | null,
): Pick<PlannedStep, 'jobs' | 'fits'> {
  if (reused === null || reused === 0) return step;
  if (step.fits === 0) return { jobs: {}, fits: 0 };
  const fits = step.fits - reused;
  const train = Math.ceil(((step.jobs.train ?? 0) * fits) / step.fits);
  const preprocess = Math.max(0, (step.jobs.preprocess ?? 0) - preprocessed);
  return { jobs: { train, preprocess }, fits };
}
