import { sum } from 'simple-statistics';
import { JOB_TYPES, type JobType } from './planned-jobs.ts';
import { costOf } from './prices.ts';
import type { JobRecord } from './run.ts';
import { jobTypeOf } from './run-estimate.ts';

/** What the jobs of one type have cost. */
export interface CostRow {
  readonly type: JobType;
  readonly jobs: number;
  /** On instances, from the start on a machine to the end; what is billed. */
  readonly seconds: number;
  /** USD; null where no price is known. */
  readonly cost: number | null;
}

/** What a run has cost so far. */
export interface RunCost {
  readonly rows: readonly CostRow[];
  readonly jobs: number;
  readonly seconds: number;
  readonly cost: number | null;
  /** Jobs whose outcome was taken over from earlier runs: they cost nothing again. */
  readonly reused: number;
}

/** @param price USD per instance-hour; undefined where it is not known */
export function runCost(records: readonly JobRecord[], price: number | undefined): RunCost {
  const ran = records.filter(({ reused }) => !reused);
  const rows = JOB_TYPES.map((type) => {
    const own = ran.filter((job) => jobTypeOf(job) === type);
    const seconds = sum(own.map((job) => job.seconds));
    return { type, jobs: own.length, seconds, cost: costOf(seconds, price) ?? null };
  }).filter(({ jobs }) => jobs > 0);
  const seconds = sum(rows.map((row) => row.seconds));
  return {
    rows,
    jobs: ran.length,
    seconds,
    cost: costOf(seconds, price) ?? null,
    reused: records.length - ran.length,
  };
}
