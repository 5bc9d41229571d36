import type { ScheduleHandle, ScheduleOverlapPolicy } from '@temporalio/client';
import type { AddCommand } from '../command.ts';
import { withSession } from '../session.ts';
import { withSchedule } from './schedules.ts';
import { parseTime, withOverlapOption } from './timing.ts';

interface Options {
  readonly note?: string;
  readonly overlap?: ScheduleOverlapPolicy;
}

/** `crossfold schedule pause`, `resume`, `trigger`, `backfill` and `delete`. */
export const addScheduleChanges: AddCommand = (schedule, { terminal }) => {
  const act = async (name: string, done: string, body: (handle: ScheduleHandle) => Promise<void>): Promise<void> => {
    await withSession(async (session) => {
      await withSchedule(session, name, body);
      terminal.print(`schedule ${name} ${done}`);
    });
  };

  schedule
    .command('pause')
    .summary('let a schedule not fire until it is resumed')
    .argument('<name>', 'the schedule')
    .option('--note <text>', 'why')
    .action((name: string, { note }: Options) => act(name, 'is paused', (handle) => handle.pause(note)));

  schedule
    .command('resume')
    .summary('let a paused schedule fire again')
    .argument('<name>', 'the schedule')
    .option('--note <text>', 'why')
    .action((name: string, { note }: Options) => act(name, 'is active', (handle) => handle.unpause(note)));

  withOverlapOption(schedule.command('trigger'), 'what happens while an earlier firing goes on')
    .summary('let a schedule fire now, also a paused one')
    .argument('<name>', 'the schedule')
    .action((name: string, { overlap }: Options) => act(name, 'fires', (handle) => handle.trigger(overlap)));

  withOverlapOption(schedule.command('backfill'), 'what happens while an earlier firing goes on')
    .summary('let a schedule fire for each of its times in the past')
    .argument('<name>', 'the schedule')
    .requiredOption('--from <time>', 'the first time, in ISO 8601', parseTime)
    .requiredOption('--to <time>', 'the last time', parseTime)
    .action((name: string, { from, to, overlap }: Options & { from: Date; to: Date }) =>
      act(name, 'fires for its times', (handle) =>
        handle.backfill({ start: from, end: to, ...(overlap !== undefined && { overlap }) }),
      ),
    );

  schedule
    .command('delete')
    .summary('take a schedule away; what it started goes on')
    .argument('<name>', 'the schedule')
    .action((name: string) => act(name, 'is gone', (handle) => handle.delete()));
};
