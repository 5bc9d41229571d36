import { contentKey } from './content-key.ts';

/** Longest name of a processing or training job, of a model and of an endpoint (SageMaker's service model). */
export const JOB_NAME_LIMIT = 63;

/** Longest name of a tuning job (SageMaker's service model). */
const TUNING_JOB_NAME_LIMIT = 32;

const HASH_DIGITS = 8;
const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;

/**
 * A token that tells one run from all others in the names of its jobs: the last 12 hexadecimal digits of the run id
 * that Temporal keeps across resets (the first digits of newer ids are a clock).
 */
export function runToken(originalExecutionRunId: string): string {
  return originalExecutionRunId.replace(/[^0-9a-f]/g, '').slice(-12);
}

/** What the names of a run's jobs begin with. */
export function jobPrefix(pipeline: string, token: string): string {
  return `${pipeline}-${token}-`;
}

/**
 * The name of a job: `<pipeline>-<token>-<step>[-<attempt>]`. Every retry of an activity computes the same name and so
 * finds the job that a lost one started; a new business attempt (from 2 on) gets a name of its own.
 */
export function jobName(pipeline: string, token: string, step: string, attempt: number): string {
  return nameOf(`${pipeline}-${token}`, step, attempt, JOB_NAME_LIMIT);
}

/** The name of a tuning job: `<token>-<step>[-<attempt>]`; the pipeline's name would not fit. */
export function tuningJobName(token: string, step: string, attempt: number): string {
  return nameOf(token, step, attempt, TUNING_JOB_NAME_LIMIT);
}

function nameOf(head: string, step: string, attempt: number, limit: number): string {
  const tail = attempt > 1 ? `-${attempt}` : '';
  const name = `${head}-${shortened(step, limit - `${head}-${tail}`.length)}${tail}`;
  if (name.length > limit || !NAME.test(name)) {
    throw new RangeError(`${name} is no job name: at most ${limit} letters, digits and inner hyphens`);
  }
  return name;
}

/** A step's name in at most `limit` characters: a long one is cut, and told apart by a hash. */
function shortened(step: string, limit: number): string {
  if (step.length <= limit) return step;
  const hash = contentKey(step).slice(0, HASH_DIGITS);
  return `${step.slice(0, Math.max(0, limit - HASH_DIGITS - 1)).replace(/-+$/, '')}-${hash}`;
}

/** The id of a run, from a time and a random suffix: `2026-11-25T10-30Z-7f3a`. */
export function runId(time: Date, suffix: string): string {
  return `${time.toISOString().slice(0, 16).replace(':', '-')}Z-${suffix}`;
}

/** The workflow id of a run: `titanic/2026-11-25T10-30Z-7f3a`. */
export function workflowId(pipeline: string, run: string): string {
  return `${pipeline}/${run}`;
}

/** The tag of a job that names its run, by workflow id. */
export const RUN_TAG = 'crossfold:run';

/** The tag of an endpoint that names the time, in ISO 8601, from which on nobody needs it. */
export const EXPIRES_TAG = 'crossfold:expires';

/** The Temporal task queues: jobs wait on one of their own, so that waiting never starves work. */
export const TASK_QUEUE = 'crossfold';
export const JOBS_TASK_QUEUE = 'crossfold-jobs';

/** The memo of a schedule that fires when its table is written: the table's address. */
export const TABLE_MEMO = 'table';
