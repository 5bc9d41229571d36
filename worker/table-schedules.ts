import { ScheduleOverlapPolicy, type ScheduleClient } from '@temporalio/client';
import type { Logger } from '../config/logger.ts';
import { TABLE_MEMO } from '../core/names.ts';

/** Where schedules are, and who is told that one fires. */
export interface TableSchedules {
  readonly schedules: ScheduleClient;
  readonly logger: Logger;
}

/** Lets the schedules that wait for a table fire. */
export async function fireSchedules(table: string, { schedules, logger }: TableSchedules): Promise<void> {
  for await (const { scheduleId, memo, state } of schedules.list()) {
    if (memo?.[TABLE_MEMO] !== table || state.paused) continue;
    // One firing waits for the one that goes on: what was written last is always looked at.
    await schedules.getHandle(scheduleId).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
    logger.info({ schedule: scheduleId, table }, 'a table was written: its schedule fires');
  }
}
