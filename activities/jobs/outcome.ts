import { CrossfoldError } from '../../core/errors.ts';
import type { JobSpec, TrainingSpec } from '../../core/jobs.ts';
import type { z } from 'zod';
import { resultSchemas, type Result, type ResultName } from '../../core/results.ts';
import type { JobView } from './port.ts';

/** The schemas with their type tied to their name. */
const schemas: { readonly [N in ResultName]: z.ZodType<Result<N>> } = resultSchemas;

/** Classes of SageMaker's failure reasons that another job of the same request may escape. */
const INTERRUPTED = /^(CapacityError|InternalServerError|InternalFailure)\b/;

/** Whether a job failed through no fault of its own. */
export function isInterrupted(reason: string): boolean {
  return INTERRUPTED.test(reason);
}

/**
 * The error of a job that ended otherwise than Completed. A job that is Stopped was not stopped by us: while its activity
 * waits, its run has not asked for it.
 *
 * @param log the last lines of the job's log
 */
export function failureOf(spec: JobSpec, view: JobView, log: readonly string[]): CrossfoldError {
  const place = `${spec.step}: job ${spec.name}`;
  if (view.status === 'Stopped') {
    const timedOut = view.secondary === 'MaxRuntimeExceeded' || view.secondary === 'MaxWaitTimeExceeded';
    const cause =
      timedOut || view.seconds >= spec.machine.timeout
        ? `ran for longer than ${spec.machine.timeout} s and was stopped; raise jobs.timeout, or make it faster`
        : 'was stopped, and not by this run; start the run again, and look who stopped it';
    return new CrossfoldError('JobStopped', `${place} ${cause}.`);
  }
  const reason = (view.reason ?? 'SageMaker gave no reason').trim();
  if (isInterrupted(reason)) return new CrossfoldError('JobInterrupted', `${place} failed: ${reason}`);
  const lines = log.length === 0 ? [] : ['The last lines of its log:', ...log.map((line) => `  ${line}`)];
  const wayOut = 'Mend what it names and run the pipeline again; what has succeeded is taken over.';
  return new CrossfoldError('JobFailed', [`${place} failed: ${reason}`, ...lines, wayOut].join('\n'));
}

/**
 * Reads the result that a completed job left.
 *
 * @throws CrossfoldError ResultMissing, telling what the script has to write
 */
export function parseResult<N extends ResultName>(spec: JobSpec<N>, text: string | undefined): Result<N> {
  if (text === undefined) throw missing(spec, 'it left no result.json');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw missing(spec, 'its result.json is not JSON');
  }
  const parsed = schemas[spec.result].safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw missing(spec, `its result.json has no valid ${issue?.path.join('.') ?? 'content'}: ${issue?.message ?? ''}`);
  }
  if (spec.kind === 'training') requireMetrics(spec, parsed.data);
  return parsed.data;
}

function requireMetrics(spec: TrainingSpec, result: Result<ResultName>): void {
  if (!('fits' in result)) return;
  for (const fit of result.fits) {
    const lacking = spec.metrics.find((metric) => fit.metrics[metric] === undefined);
    if (lacking !== undefined) throw missing(spec, `${fit.setting} has no ${lacking} on fold ${fit.fold}`);
  }
}

function missing(spec: JobSpec, what: string): CrossfoldError {
  const metrics =
    spec.kind === 'training' && spec.metrics.length > 0 ? ` with the metrics ${spec.metrics.join(', ')}` : '';
  const where = spec.kind === 'training' ? '/opt/ml/output/data/result.json' : `result.json in its output folder`;
  return new CrossfoldError(
    'ResultMissing',
    `${spec.step}: job ${spec.name} completed without a score: ${what}. ${spec.script} must write ${where}${metrics}.`,
  );
}
