import type { JobSpec } from '../../core/jobs.ts';
import type { FitResult, Result, ResultName } from '../../core/results.ts';
import type { KeptOutcomes } from '../kept.ts';
import { isInterrupted } from './outcome.ts';

/** Keeps a job's result for later runs, as its spec says. */
export async function keepResult(kept: KeptOutcomes, spec: JobSpec, result: Result<ResultName>): Promise<void> {
  const { kind, output } = spec;
  const { step, where, families } = spec.keep;
  if (families !== undefined)
    for (const { job, fits } of fitsIn(spec, result))
      await kept.keepFits(spec.home, families, { job, kind: 'training', output, fits });
  // The step's marker comes last: what is below it is there.
  if (step !== undefined && holds(result, where) && isWhole(result))
    await kept.keepStep(spec.home, step, { job: spec.name, kind, output, result });
}

/** Whether the same job again would find no more: a search of which training jobs were interrupted is made again. */
function isWhole(result: Result<ResultName>): boolean {
  return !('trainings' in result) || result.trainings.every(({ reason }) => !isInterrupted(reason ?? ''));
}

/** The fits of a result, by the training job that made them. */
function fitsIn(spec: JobSpec, result: Result<ResultName>): { job: string; fits: FitResult[] }[] {
  if ('fits' in result) return [{ job: spec.name, fits: result.fits }];
  if (!('trainings' in result)) return [];
  return result.trainings.filter(({ status, fits }) => status !== 'Failed' && fits.length > 0);
}

/** Whether a result's members have the values that they have to have. */
export function holds(result: object, where: Readonly<Record<string, string>> = {}): boolean {
  const members = new Map(Object.entries(result));
  return Object.entries(where).every(([member, value]) => members.get(member) === value);
}
