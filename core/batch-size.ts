import { median } from 'simple-statistics';

/** What the jobs of a run have taken so far. */
export interface JobTimes {
  /** Between a job's creation and its end, without its fits: start-up, reading, writing; seconds. */
  readonly overhead: number;
  /** One fit with its score, seconds. */
  readonly fit: number;
}

/** What one job has taken. */
export interface MeasuredJob {
  /** From its creation to its start on the machine, seconds. */
  readonly startup: number;
  /** From its start to its end, seconds. */
  readonly seconds: number;
  /** Of these, what went into its fits, seconds. */
  readonly working: number;
  readonly fits: number;
}

/** The most fits of a job that chooses by itself: more would make a failure dear. */
const MOST = 1000;

/**
 * The typical times of some jobs; undefined where none of them carried a fit.
 *
 * @param relative how long the fits that are to come take against those of the jobs: 1 where they are alike
 */
export function jobTimes(jobs: readonly MeasuredJob[], relative: number): JobTimes | undefined {
  const carrying = jobs.filter(({ fits, seconds }) => fits > 0 && seconds > 0);
  if (carrying.length === 0) return undefined;
  const total = (of: (job: MeasuredJob) => number): number => carrying.reduce((sum, job) => sum + of(job), 0);
  return {
    overhead: median(carrying.map(({ startup, seconds, working }) => Math.max(0, startup + seconds - working))),
    fit: (relative * total(({ working }) => working)) / total(({ fits }) => fits),
  };
}

/** How fits are grouped into jobs. */
export type BatchRule = { readonly fixed: number } | Measured;

/** Grouped by what jobs have taken so far. */
interface Measured {
  readonly times: JobTimes;
  /** Jobs that run at once. */
  readonly slots: number;
  /** The share of the jobs' time that their overhead may take. */
  readonly share: number;
  /** How long one job may take, seconds. */
  readonly longest: number;
}

/**
 * Beyond one job for each slot, more jobs only make each shorter: less is lost where one fails, slots end together, and scores come earlier. That is
 * worth this part of what parallel work is worth.
 */
const ROUNDS_SHARE = 0.1;

/**
 * How many fits one job should carry. Up to one job for each slot, as many jobs as keep the overhead's share of their time at or below `share`;
 * fewer where even that costs more, as idle slots cost nothing. More rounds of jobs only while the share stays below a tenth of that, or
 * where a job would take longer than it may.
 *
 * With n jobs, overhead o and F seconds of fits the share is n·o / (n·o + F), so n <= F·share / ((1 - share)·o).
 *
 * @param fits how many there are to run
 */
export function batchSize(rule: BatchRule, fits: number): number {
  return 'fixed' in rule ? rule.fixed : Math.max(1, Math.min(MOST, Math.ceil(fits / jobsFor(rule, fits))));
}

function jobsFor({ times: { overhead, fit }, slots, share, longest }: Measured, fits: number): number {
  const atMost = (part: number): number => (overhead > 0 ? (fits * fit * part) / ((1 - part) * overhead) : Infinity);
  const inTime = Math.ceil((fits * fit) / Math.max(fit, longest - overhead, 1));
  const parallel = Math.min(slots, Math.floor(atMost(share)));
  const rounds = Math.floor(atMost(share * ROUNDS_SHARE) / slots);
  return Math.min(fits, Math.max(1, parallel, rounds * slots, inTime));
}

/** Why a size was chosen, in a sentence for people. */
export function batchReason(rule: BatchRule, fits: number): string {
  if ('fixed' in rule) return `${rule.fixed} fits a job, as the pipeline says`;
  const { times, slots, share } = rule;
  const size = batchSize(rule, fits);
  const jobs = Math.ceil(fits / size);
  const part = times.overhead / (times.overhead + size * times.fit);
  return (
    `${size} fits a job: the ${times.overhead.toFixed(2)} s that a job costs are then ${percent(part)} of its time ` +
    `(a fit takes ${times.fit.toFixed(2)} s); ${
      jobs < slots
        ? `work for all ${slots} slots would cost more than the ${percent(share)} that was asked for`
        : `at most ${percent(share)} was asked for`
    }`
  );
}

function percent(value: number): string {
  return `${Math.round(100 * value)} %`;
}
