import { sum } from 'simple-statistics';
import { JOB_TYPES, type JobType, type PlannedStep } from './planned-jobs.ts';
import type { JobRecord } from './run.ts';

/** What jobs of a pipeline have taken, from their start on a machine to their end, seconds. */
export interface MeasuredTimes {
  /** A job of each type, without its fits: the mean of those that were measured. */
  readonly jobs: Readonly<Partial<Record<JobType, number>>>;
  /** One fit with its score; undefined where none was measured. */
  readonly fit: number | undefined;
}

/** What a job does, by the step that had it, as `outer-2/fold-3/preprocess`. */
export function jobTypeOf({ step, kind }: Pick<JobRecord, 'step' | 'kind'>): JobType {
  if (kind === 'tuning') return 'tuning';
  const [last = ''] = step.split('/').slice(-1);
  const found = JOB_TYPES.find((type) => type === last);
  return found ?? 'train';
}

/** The mean times of some jobs; those that were taken over tell nothing. */
export function measuredTimes(records: readonly JobRecord[]): MeasuredTimes {
  const ran = records.filter(({ reused }) => !reused);
  const fits = sum(ran.map((job) => job.fits));
  const entries = JOB_TYPES.flatMap((type) => {
    const own = ran.filter((job) => jobTypeOf(job) === type);
    const seconds = sum(own.map((job) => Math.max(0, job.seconds - job.working)));
    return own.length === 0 ? [] : [[type, seconds / own.length] as const];
  });
  return {
    jobs: Object.fromEntries(entries),
    fit: fits === 0 ? undefined : sum(ran.map(({ working }) => working)) / fits,
  };
}

/** How long the jobs of a step hold an instance together, seconds; undefined where one of them was never measured. */
export function stepSeconds(
  { jobs, fits }: Pick<PlannedStep, 'jobs' | 'fits'>,
  times: MeasuredTimes,
): number | undefined {
  let seconds = fits * (times.fit ?? 0);
  if (fits > 0 && times.fit === undefined) return undefined;
  for (const type of JOB_TYPES) {
    const count = jobs[type] ?? 0;
    const each = times.jobs[type];
    if (count > 0 && each === undefined) return undefined;
    seconds += count * (each ?? 0);
  }
  return seconds;
}
