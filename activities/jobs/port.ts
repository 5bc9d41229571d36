import type { JobSpec } from '../../core/jobs.ts';

/** A job as SageMaker describes it, the same for every kind. */
export interface JobView {
  readonly status: 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped';
  /** The finer status that training jobs have, as `Downloading`. */
  readonly secondary: string | undefined;
  /** Why it failed: its own message where it left one, else SageMaker's. */
  readonly reason: string | undefined;
  readonly created: Date | undefined;
  /** From its creation to its start on the machine, seconds; 0 where it never started. */
  readonly startup: number;
  /** From start to end on the machine, seconds; 0 where it never started. */
  readonly seconds: number;
}

/** A job as a list shows it. */
export interface JobSummary {
  readonly name: string;
  readonly status: JobView['status'];
  readonly modified: Date;
}

/** The verbs on one kind of job: what a new kind has to bring. */
export interface JobPort<S extends JobSpec> {
  /** The request that `create` sends, without its tags; its digest tells whether an existing job is ours. */
  request(spec: S): object;
  create(spec: S, tags: readonly { Key: string; Value: string }[]): Promise<void>;
  /** The digest tag of an existing job. */
  digest(name: string): Promise<string | undefined>;
  /** Undefined where there is no job of that name. */
  describe(name: string): Promise<JobView | undefined>;
  /** Jobs that changed after `since`. */
  list(since: Date): AsyncIterable<JobSummary>;
  stop(name: string): Promise<void>;
  /** The text of the job's `result.json`, or undefined where it left none. */
  readResult(spec: S): Promise<string | undefined>;
}

/** Seconds between two times; 0 where one is missing. */
export function secondsBetween(start: Date | undefined, end: Date | undefined): number {
  return start === undefined || end === undefined ? 0 : (end.getTime() - start.getTime()) / 1000;
}
