import { canonical } from './content-key.ts';
import { makespan, stagesOf } from './job-schedule.ts';
import type { Method } from './methods.ts';
import { costOf } from './prices.ts';
import type { FitResult } from './results.ts';
import type { JobRecord, RunResult } from './run.ts';
import type { Setting } from './setting.ts';
import { meanInterval, testToTrain } from './statistics.ts';

/** A run of a pipeline by one method, as it was measured. */
export interface MethodRun {
  readonly method: Method;
  readonly result: RunResult;
  readonly fits: readonly FitResult[];
  /** From the run's start to its end, seconds. */
  readonly wall: number;
  /** What the run added to S3. */
  readonly bytes: number;
}

/** What the jobs of a run would take if each needed `startup` seconds to start. */
interface Estimate {
  /** Seconds, or as each job was measured to take. */
  readonly startup: number | 'measured';
  /** The jobs' time on the slots, seconds; without what passes between jobs. */
  readonly wall: number;
  /** USD; undefined where no price is known. */
  readonly cost: number | undefined;
}

/** A method with what its run found and took. */
export interface MethodRow {
  readonly method: Method;
  /** Workflow id of its run. */
  readonly run: string;
  readonly winner: {
    readonly setting: Setting;
    readonly mean: number;
    /** Half the width of the interval around the mean, see `meanInterval`. */
    readonly margin: number;
  };
  readonly fits: number;
  readonly scores: ScoreDifference;
  /** From the run's start to its end, seconds. */
  readonly wall: number;
  readonly jobs: number;
  /** Of all jobs from the start on their machine to their end: what is billed (SageMaker API reference, DescribeTrainingJob, TrainingStartTime). */
  readonly instanceSeconds: number;
  /** Of all jobs from their creation to the start on their machine: not billed. */
  readonly startupSeconds: number;
  /** What the run added to S3. */
  readonly bytes: number;
  /** USD; undefined where no price is known. */
  readonly cost: number | undefined;
  readonly estimates: readonly Estimate[];
}

/** How the scores of a method's fits differ from those of the first method. */
interface ScoreDifference {
  /** Fits that both have: a race may have left out some. */
  readonly compared: number;
  /** The largest difference of any metric. */
  readonly largest: number;
  /** Whether it is at most 1e-9. */
  readonly equal: boolean;
}

/** Start-up times that estimates are made for, seconds: none, a warm machine, a cold one. */
export const STARTUPS = [0, 30, 180] as const;

const EQUAL = 1e-9;

/**
 * One row for each run, in their order.
 *
 * @param slots jobs that run at once, for the estimates
 * @param price USD per instance-hour
 * @param trainings how many training jobs a tuning job of SageMaker has at once, for the estimates
 * @throws RangeError for a run with fewer than 2 folds, or less than 1 slot
 */
export function comparisonRows(
  runs: readonly MethodRun[],
  slots: number,
  price: number | undefined,
  trainings = Infinity,
): MethodRow[] {
  const [first] = runs;
  return runs.map(({ method, result, fits, wall, bytes }) => {
    const jobs = result.jobs.filter(({ reused }) => !reused);
    const instanceSeconds = total(jobs, ({ seconds }) => seconds);
    const cost = costOf(instanceSeconds, price);
    const estimate = (startup: Estimate['startup']): Estimate => {
      const holds = (job: JobRecord): number => job.seconds + (startup === 'measured' ? job.startup : startup);
      return { startup, wall: makespan(stagesOf(jobs, holds, trainings), slots), cost };
    };
    return {
      method,
      run: `${result.pipeline}/${result.run}`,
      winner: winnerOf(result),
      fits: fits.length,
      scores: difference(first?.fits ?? [], fits),
      wall,
      jobs: jobs.length,
      instanceSeconds,
      startupSeconds: total(jobs, ({ startup }) => startup),
      bytes,
      cost,
      estimates: [estimate('measured'), ...STARTUPS.map(estimate)],
    };
  });
}

function winnerOf({ winner: { setting, mean, scores }, folds, confidence }: RunResult): MethodRow['winner'] {
  const { low, high } = meanInterval(scores, testToTrain(folds), confidence);
  return { setting, mean, margin: (high - low) / 2 };
}

function difference(first: readonly FitResult[], fits: readonly FitResult[]): ScoreDifference {
  const known = new Map(first.map((fit) => [contentOf(fit), fit.metrics]));
  const differences = fits.flatMap((fit) => {
    const metrics = known.get(contentOf(fit));
    if (metrics === undefined) return [];
    const each = Object.entries(fit.metrics).map(([name, value]) => Math.abs(value - (metrics[name] ?? Number.NaN)));
    return [Math.max(0, ...each)];
  });
  const largest = differences.reduce((most, each) => Math.max(most, each), 0);
  return { compared: differences.length, largest, equal: differences.length > 0 && largest <= EQUAL };
}

/** What makes two fits of different runs the same: all but their names. */
function contentOf({ algorithm, hyperparameters, fold }: FitResult): string {
  return canonical({ algorithm, hyperparameters, fold });
}

function total(jobs: readonly JobRecord[], of: (job: JobRecord) => number): number {
  return jobs.reduce((sum, job) => sum + of(job), 0);
}
