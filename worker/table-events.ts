import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleOverlapPolicy, type ScheduleClient } from '@temporalio/client';
import type { EventQueue, QueuedMessage } from '../activities/event-queue.ts';
import type { Logger } from '../config/logger.ts';
import { TABLE_MEMO } from '../core/names.ts';
import { writtenObject } from '../core/table-event.ts';

/** Between two looks at a queue that cannot be read, milliseconds. */
const RETRY_MS = 5000;

/** Where events come from, and what they set off. */
export interface TableEvents {
  readonly queue: EventQueue;
  readonly schedules: ScheduleClient;
  readonly logger: Logger;
}

/** Lets the schedules that wait for a table fire when it is written, until it is told to stop. */
export async function watchTables(events: TableEvents, stop: AbortSignal): Promise<void> {
  const { queue, logger } = events;
  while (!stop.aborted) {
    try {
      for (const message of await queue.receive(stop)) await handle(message, events);
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return;
      // What was not done with comes again.
      logger.warn({ error: String(error) }, 'events could not be handled');
      await sleep(RETRY_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  }
}

async function handle(message: QueuedMessage, { queue, schedules, logger }: TableEvents): Promise<void> {
  const table = writtenObject(message.body);
  if (table === undefined) {
    // Whose it is, is not known here: it stays, for the queue's own dead-letter queue.
    logger.warn({ message: message.body.slice(0, 200) }, 'a message in the queue tells of no object in S3');
    return;
  }
  for await (const { scheduleId, memo, state } of schedules.list()) {
    if (memo?.[TABLE_MEMO] !== table || state.paused) continue;
    // One firing waits for the one that goes on: what was written last is always looked at.
    await schedules.getHandle(scheduleId).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
    logger.info({ schedule: scheduleId, table }, 'a table was written: its schedule fires');
  }
  await queue.done(message);
}
