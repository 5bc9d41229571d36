import { sum } from 'simple-statistics';
import type { BatchRule } from './batch-size.ts';
import { POLICIES } from './methods.ts';
import type { Pipeline } from './pipeline.ts';
import type { JobRecord } from './run.ts';

/** SageMaker's own search. */
const BY_SAGEMAKER = 'the fits of a setting ride in one job: SageMaker searches by their mean';
/** scikit-learn's own search. */
const WITHIN_A_JOB = 'a job for each search of scikit-learn, which carries all its fits';
const WITHIN_JOBS = 'several jobs for a search of scikit-learn, as one cannot be told of all its settings';
const TAKEN_OVER = 'no job: earlier runs have made all fits';

/** The part of a job's record that tells how fits were grouped. */
type Carrying = Pick<JobRecord, 'step' | 'fits' | 'reused'>;

/**
 * How many fits the jobs of the tuning carried, and why, in a sentence for people. It tells of the jobs that were started: of those of the largest
 * round, where the search had several.
 */
export function batchesInWords(
  { method, tuning }: Pick<Pipeline, 'method' | 'tuning'>,
  rule: BatchRule,
  jobs: readonly Carrying[],
): string {
  if (tuning?.scope === 'managed') return BY_SAGEMAKER;
  const rounds = roundsOf(jobs);
  if (rounds.length === 0) return TAKEN_OVER;
  if (POLICIES[method].races === 'within a job') return jobs.some(isFurther) ? WITHIN_JOBS : WITHIN_A_JOB;
  const largest = rounds.reduce((most, round) => (sum(round) > sum(most) ? round : most));
  const sizes = sizesInWords(largest);
  return `${rounds.length === 1 ? sizes : `${sizes} in the largest round`}${reason(rule, largest)}`;
}

/** Whether a job of the tuning carries what the first one of its round could not. */
function isFurther({ step, reused }: Carrying): boolean {
  return !reused && step.startsWith('tune/') && /-(?!1$)\d+$/.test(step);
}

/** The fits of each job that the tuning started, by the round that the jobs went in together; folds that tune on their own go together. */
function roundsOf(jobs: readonly Carrying[]): number[][] {
  const rounds = new Map<string, number[]>();
  for (const { step, fits, reused } of jobs) {
    if (reused || fits === 0 || !step.startsWith('tune/')) continue;
    const round = step.replace(/-\d+$/, '').replace(/^tune\/fold-\d+/, 'tune/folds');
    rounds.set(round, [...(rounds.get(round) ?? []), fits]);
  }
  return [...rounds.values()];
}

function sizesInWords(sizes: readonly number[]): string {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  if (most - least > 1) return `${most} to ${least} fits a job, the large ones first`;
  return most === 1 ? 'a fit a job' : `${most} fits a job`;
}

function reason(rule: BatchRule, sizes: readonly number[]): string {
  if ('fixed' in rule) return ', as the pipeline says';
  const { times, slots, share } = rule;
  const fits = sum(sizes);
  const beside = sizes.length * times.overhead;
  return (
    `: of the jobs' time ${percent(beside / (beside + fits * times.fit))} is reading and writing ` +
    `(${times.overhead.toFixed(2)} s; a fit takes ${times.fit.toFixed(2)} s, its machine ${times.startup.toFixed(2)} s to start); ` +
    occupied(sizes.length, { fits, slots, share })
  );
}

/** Whether every slot had a job, and why not. */
function occupied(jobs: number, { fits, slots, share }: { fits: number; slots: number; share: number }): string {
  if (jobs >= slots) return `all ${slots} slots have work`;
  if (jobs === fits) return 'there are fewer fits than slots';
  return `work for all ${slots} slots would cost more than the ${percent(share)} that was asked for`;
}

function percent(value: number): string {
  return `${Math.round(100 * value)} %`;
}
