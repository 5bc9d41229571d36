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
export type BatchRule =
  | { readonly fixed: number }
  | {
      readonly times: JobTimes;
      /** Jobs that run at once. */
      readonly slots: number;
      /** The share of a job's time that its overhead may take. */
      readonly share: number;
    };

/**
 * How many fits one job should carry: the fewest that keep the overhead's share of its time at or below `share`, but
 * never so many that a slot has nothing to do; then as many in each job, so that the last round is full.
 *
 * With overhead o, fit time f and n fits in a job the share is o / (o + n·f), so n >= o·(1 - share) / (share·f).
 *
 * @param fits how many there are to run
 */
export function batchSize(rule: BatchRule, fits: number): number {
  if ('fixed' in rule) return rule.fixed;
  const { times, slots, share } = rule;
  const busy = Math.max(1, Math.ceil(fits / slots));
  const cheap = times.fit > 0 ? Math.ceil((times.overhead * (1 - share)) / (share * times.fit)) : busy;
  const size = Math.min(busy, Math.max(1, cheap), MOST);
  const rounds = Math.max(1, Math.ceil(fits / (slots * size)));
  return Math.max(1, Math.ceil(fits / (slots * rounds)));
}

/** Why a size was chosen, in a sentence for people. */
export function batchReason(rule: BatchRule, fits: number): string {
  if ('fixed' in rule) return `${rule.fixed} fits a job, as the pipeline says`;
  const { times, slots, share } = rule;
  const size = batchSize(rule, fits);
  const part = times.overhead / (times.overhead + size * times.fit);
  const percent = (value: number): string => `${Math.round(100 * value)} %`;
  const why =
    part <= share
      ? `at most ${percent(share)} was asked for`
      : `more fits a job would leave some of the ${slots} slots without work`;
  return (
    `${size} fits a job: the ${times.overhead.toFixed(2)} s that a job costs are then ${percent(part)} of its time ` +
    `(a fit takes ${times.fit.toFixed(2)} s); ${why}`
  );
}
