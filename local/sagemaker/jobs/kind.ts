import type { Kind } from '../arns.ts';
import type { JsonObject } from '../json.ts';
import type { Change, Resource } from '../store.ts';
import type { Launch } from './fork-server.ts';
import type { Input } from './input.ts';

/** Folders and facts that a job's process is started with. */
export interface JobPlace {
  /** The folder that the job sees as /opt/ml. */
  readonly ml: string;
  /** The path of /opt/ml for the job: the literal one, or `ml` where the system has no mount namespaces. */
  readonly base: string;
  readonly log: string;
}

/** How a job's process came to its end. */
export interface Ending {
  readonly kind: 'completed' | 'failed' | 'stopped' | 'interrupted';
  /** Why, in the words of FailureReason; empty for a job that completed. */
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** The points on a job's way that its kind may want to note. */
export type Phase = 'downloading' | 'running' | 'uploading' | 'stopping';

/** A fault of the job's own that shows before its process starts. */
export class AlgorithmError extends Error {}

/** SageMaker's class for what is not the job's fault; whoever made the job may make it again. */
export const OURS = 'InternalServerError';

/** What is said to a request for several machines. */
export const ONE_MACHINE = 'one machine is here; give InstanceType, and InstanceCount 1';

/** A time, epoch milliseconds, and the secondary status of a job that it ends. */
export interface Deadline {
  readonly time: number;
  readonly cause: string;
}

/** What one kind of job brings: what it reads, how it is started, what it leaves. */
export interface JobKind {
  readonly kind: Kind & ('training-job' | 'processing-job' | 'transform-job');
  readonly initial: JsonObject;
  inputs(job: Resource, ml: string): Input[];
  /** Writes what the container contract puts below /opt/ml besides the inputs. */
  prepare(job: Resource, place: JobPlace): Promise<void>;
  /** How the job's process starts; in /opt/ml unless it says where. */
  launch(
    job: Resource,
    place: JobPlace,
  ): Promise<Pick<Launch, 'env' | 'run' | 'network'> & Partial<Pick<Launch, 'cwd'>>>;
  /** Begins what goes on beside the running process; the answer ends it, and is awaited before anything is kept. */
  accompany(job: Resource, place: JobPlace): () => Promise<void>;
  /**
   * When the job's process is ended if it still runs, and why.
   *
   * @param runStart when the first process of the job began, epoch milliseconds
   */
  deadline(job: Resource, runStart: number): Deadline;
  /** How the job goes on after an attempt that came to nothing: the state of its next attempt; undefined where it is over. */
  again(job: Resource, ending: Ending): JsonObject | undefined;
  /** What of the job's state changes when it comes to a phase. */
  phase(job: Resource, phase: Phase, time: number): JsonObject;
  /** The last state of a job that was stopped before it started. */
  stoppedUnstarted(job: Resource, time: number): JsonObject;
  /** What the job itself says of its failure. */
  ownReason(ml: string): Promise<string | undefined>;
  /** Keeps what the job leaves; the answer is the job's last change. */
  finish(job: Resource, place: JobPlace, ending: Ending): Promise<Change>;
}

/** The statuses in which a job is over. */
export function isOver(status: string): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}
