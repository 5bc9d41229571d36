import { arnOf, type Kind } from '../arns.ts';
import { ServiceError, validation } from '../errors.ts';
import { isOver, type JobKind } from '../jobs/kind.ts';
import type { Scheduler } from '../jobs/scheduler.ts';
import type { JsonObject } from '../json.ts';
import type { Resource, Store } from '../store.ts';
import { tagsOf, text } from './operation.ts';

/** How the resources of a job kind are called in requests and messages. */
export interface JobWords {
  readonly kind: Kind;
  /** As in `TrainingJobName`. */
  readonly member: string;
  /** As in messages: `training job`. */
  readonly words: string;
}

/**
 * Adds a job to the store.
 *
 * @throws ServiceError ResourceInUse for a name that is taken, in AWS's words
 */
export function addJob(
  store: Store,
  region: string,
  { kind, member, words }: JobWords,
  request: JsonObject,
  initial: JsonObject,
): Resource {
  const name = text(request, `${member}Name`);
  const arn = arnOf(region, kind, name);
  if (!store.add(kind, name, arn, 'InProgress', request, initial, tagsOf(request))) {
    const start = words.charAt(0).toUpperCase() + words.slice(1);
    throw new ServiceError(
      'ResourceInUse',
      `${start} names must be unique within an AWS account and region, and a ${words} with this name already exists (${arn})`,
    );
  }
  return requireJob(store, { kind, member, words }, request);
}

/** @throws ServiceError ValidationException where there is no job of that name, as AWS answers */
export function requireJob(store: Store, { kind, member }: JobWords, request: JsonObject): Resource {
  const job = store.get(kind, text(request, `${member}Name`));
  if (job === undefined) throw validation('Requested resource not found.');
  return job;
}

/**
 * Stops a job that runs.
 *
 * @throws ServiceError ValidationException where there is none of that name, or it is over or being stopped
 */
export function stopJob(store: Store, scheduler: Scheduler, kind: JobKind, words: JobWords, request: JsonObject): void {
  const job = requireJob(store, words, request);
  requireRunning(job, words.words);
  beginStop(store, scheduler, kind, job);
}

/** Has a job that runs stop. */
export function beginStop(store: Store, scheduler: Scheduler, kind: JobKind, job: Resource): void {
  store.change(kind.kind, job.name, { status: 'Stopping', state: kind.phase(job, 'stopping', Date.now()) });
  scheduler.stop(kind, job.name);
}

/** @throws ServiceError ValidationException for a job that is over or being stopped */
export function requireRunning(job: Resource, words: string): void {
  if (!isOver(job.status) && job.status !== 'Stopping') return;
  throw validation(
    `The request was rejected because the ${words} is in status ${job.status}. The ${words} ${job.arn} cannot be stopped.`,
  );
}
