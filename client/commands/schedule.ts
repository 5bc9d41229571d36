import type { AddCommand } from '../command.ts';
import { addScheduleChanges } from '../schedules/changes.ts';
import { addScheduleViews } from '../schedules/views.ts';
import { addScheduleWrites } from '../schedules/writes.ts';

/** `crossfold schedule …`: pipelines that are run again when their data asks for it. */
export const addSchedule: AddCommand = (program, shell) => {
  const schedule = program
    .command('schedule')
    .summary('retrain what an endpoint serves, at set times')
    .description(
      'Retrains what an endpoint serves, at set times. Each time: is there new data, does it drift from the training rows, ' +
        'and if so, is a challenger trained on it better than the champion? Only then it takes its place.',
    );
  addScheduleWrites(schedule, shell);
  addScheduleViews(schedule, shell);
  addScheduleChanges(schedule, shell);
};
