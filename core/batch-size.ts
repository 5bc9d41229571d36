import { median } from 'simple-statistics';

/** What the jobs of a run have taken so far. */
export interface JobTimes {
  /** From a job's creation to its start on its machine, seconds: not billed. */
  readonly startup: number;
  /** What a job takes on its machine beside its fits, for reading and writing, seconds: billed. */
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
    startup: median(carrying.map(({ startup }) => startup)),
    overhead: median(carrying.map(({ seconds, working }) => Math.max(0, seconds - working))),
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
 * worth this part of the share that overhead may take.
 */
const ROUNDS_SHARE = 0.1;

/**
 * How many fits each job should carry. One job for each slot, so that none is idle; fewer where what is billed beside the fits would be more than `share`
 * of the jobs' time, as it is with very short fits. More rounds of jobs only while start-up and overhead stay below a tenth of `share`, or where a
 * job would take longer than it may.
 *
 * With n jobs that cost o each and F seconds of fits the share is n·o / (n·o + F), so n <= F·share / ((1 - share)·o).
 *
 * Where there are several rounds, each carries half of what is left, down to a single fit: Hummel, Schonberg and Flynn, Factoring: a method for
 * scheduling parallel loops, Communications of the ACM 35(8), 1992. Few jobs then do, and however unlike the fits are, a slot waits for another no
 * longer than a small job takes.
 *
 * @param fits how many there are to run
 * @returns the sizes, the largest first; their sum is `fits`
 */
export function batchSizes(rule: BatchRule, fits: number): number[] {
  if (fits === 0) return [];
  if ('fixed' in rule) return chunks(fits, rule.fixed);
  const jobs = Math.max(jobsFor(rule, fits), Math.ceil(fits / MOST));
  return (
    halvedSizes(rule, fits, jobs) ??
    shares(
      fits,
      Array.from({ length: jobs }, () => 1),
    )
  );
}

function halvedSizes({ times, slots, longest }: Measured, fits: number, jobs: number): number[] | undefined {
  const rounds = Math.min(Math.floor(jobs / slots), Math.floor(Math.log2(fits / slots + 1)));
  if (rounds < 2) return undefined;
  const weights = Array.from({ length: rounds * slots }, (_, index) => 2 ** -Math.floor(index / slots));
  const sizes = shares(fits, weights).sort((a, b) => b - a);
  const [first = 0] = sizes;
  return first > MOST || times.overhead + first * times.fit > longest ? undefined : sizes;
}

function chunks(fits: number, size: number): number[] {
  return Array.from({ length: Math.ceil(fits / size) }, (_, index) => Math.min(size, fits - index * size));
}

/** Whole numbers with the sum `fits`, as near to the weights as can be; of equal weights the first get more. */
function shares(fits: number, weights: readonly number[]): number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let [weighed, dealt] = [0, 0];
  return weights.map((weight) => {
    weighed += weight;
    const size = Math.ceil((fits * weighed) / all - 1e-9) - dealt;
    dealt += size;
    return size;
  });
}

function jobsFor({ times: { startup, overhead, fit }, slots, share, longest }: Measured, fits: number): number {
  const affordable = (cost: number, part: number): number =>
    cost > 0 ? Math.floor((fits * fit * part) / ((1 - part) * cost)) : fits;
  const parallel = Math.min(slots, affordable(overhead, share));
  const rounds = Math.floor(affordable(startup + overhead, share * ROUNDS_SHARE) / slots);
  const inTime = Math.ceil((fits * fit) / Math.max(fit, longest - overhead, 1));
  return Math.min(fits, Math.max(1, parallel, rounds * slots, inTime));
}
