import { setTimeout as sleep } from 'node:timers/promises';
import type { EventQueue, QueuedMessage } from '../activities/event-queue.ts';
import type { WakeUps } from '../activities/jobs/wake-ups.ts';
import type { Logger } from '../config/logger.ts';
import { changedJob } from '../core/job-event.ts';
import { writtenObject } from '../core/table-event.ts';
import { fireSchedules, type TableSchedules } from './table-schedules.ts';

/** Between two looks at a queue that cannot be read, milliseconds. */
const RETRY_MS = 5000;

/** Where events come from, and what they set off. */
export interface EventTargets extends TableSchedules {
  readonly queue: EventQueue;
  readonly wakeUps: WakeUps;
  readonly logger: Logger;
}

/** Wakes those who wait for a job that has ended, and lets the schedules of a table that was written fire; until it is told to stop. */
export async function watchEvents(targets: EventTargets, stop: AbortSignal): Promise<void> {
  const { queue, logger } = targets;
  while (!stop.aborted) {
    try {
      const messages = await queue.receive(stop);
      const done = await Promise.all(messages.map((message) => handle(message, targets)));
      await queue.done(messages.filter((_, index) => done[index]));
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return;
      logger.warn({ error: String(error) }, 'the queue of events does not answer');
      await sleep(RETRY_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

/** Handles a message; false where it was not, and has to come again. */
async function handle(message: QueuedMessage, targets: EventTargets): Promise<boolean> {
  const changed = changedJob(message.body);
  const table = writtenObject(message.body);
  if (changed?.ended === true) targets.wakeUps.wake(changed.job);
  if (table !== undefined) return await fire(table, targets);
  if (changed !== undefined) return true;
  // Whose it is, is not known here: it stays, for the queue's own dead-letter queue.
  targets.logger.warn(
    { message: message.body.slice(0, 200) },
    'a message in the queue tells of no job and no object in S3',
  );
  return false;
}

/** Lets the schedules of a table fire; false where they could not. */
async function fire(table: string, targets: EventTargets): Promise<boolean> {
  try {
    await fireSchedules(table, targets);
    return true;
  } catch (error) {
    targets.logger.warn({ error: String(error), table }, 'the schedules of a table that was written could not fire');
    return false;
  }
}
