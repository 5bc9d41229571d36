import type { MeasuredJob } from '../../core/batch-size.ts';
import type { JobSpec } from '../../core/jobs.ts';
import type { FitResult, Result, ResultName } from '../../core/results.ts';
import type { KeptOutcomes } from '../kept.ts';
import { isInterrupted } from './outcome.ts';
import type { JobView } from './port.ts';

/** How long a job took to start, and then ran, seconds. */
type Duration = Pick<JobView, 'startup' | 'seconds'>;

interface MadeFits {
  readonly job: string;
  readonly fits: FitResult[];
  readonly measured: MeasuredJob;
}

/** Keeps a job's result for later runs, as its spec says. */
export async function keepResult(
  kept: KeptOutcomes,
  spec: JobSpec,
  result: Result<ResultName>,
  view: Duration,
): Promise<void> {
  const { kind, output } = spec;
  const { step, where, families } = spec.keep;
  if (families !== undefined)
    for (const { job, fits, measured } of fitsIn(spec, result, view))
      await kept.keepFits(spec.home, families, { job, kind: 'training', output, fits, measured });
  // The step's marker comes last: what is below it is there.
  if (step !== undefined && holds(result, where) && isWhole(result))
    await kept.keepStep(spec.home, step, { job: spec.name, kind, output, result });
}

/** Whether the same job again would find no more: a search of which training jobs were interrupted is made again. */
function isWhole(result: Result<ResultName>): boolean {
  return !('trainings' in result) || result.trainings.every(({ reason }) => !isInterrupted(reason ?? ''));
}

/** The fits of a result, by the training job that made them, and what that took. */
function fitsIn({ name }: JobSpec, result: Result<ResultName>, view: Duration): MadeFits[] {
  if ('fits' in result) {
    const { fits, working_seconds } = result;
    return [madeFits(name, { ...view, fits, working_seconds })];
  }
  if (!('trainings' in result)) return [];
  return result.trainings
    .filter(({ status, fits }) => status !== 'Failed' && fits.length > 0)
    .map((training) => madeFits(training.job, training));
}

function madeFits(job: string, { fits, startup, seconds, working_seconds }: Duration & Result<'fits'>): MadeFits {
  return { job, fits, measured: { startup, seconds, working: working_seconds, fits: fits.length } };
}

/** Whether a result's members have the values that they have to have. */
export function holds(result: object, where: Readonly<Record<string, string>> = {}): boolean {
  const members = new Map(Object.entries(result));
  return Object.entries(where).every(([member, value]) => members.get(member) === value);
}
