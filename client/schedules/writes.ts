import type { AddCommand } from '../command.ts';
import { CrossfoldError } from '../../core/errors.ts';
import { TABLE_MEMO } from '../../core/names.ts';
import { withSession } from '../session.ts';
import { actionOf, withSchedule } from './schedules.ts';
import { policiesOf, specOf, withTimingOptions, type TimingOptions } from './timing.ts';

/** `crossfold schedule create` and `update`. */
export const addScheduleWrites: AddCommand = (schedule, { terminal }) => {
  withTimingOptions(schedule.command('create'))
    .summary('make a schedule')
    .description('Makes a schedule for a pipeline that has data.uri and deploy. Its scripts are handed over now.')
    .argument('<name>', 'the name of the schedule')
    .argument('[file]', 'the pipeline file', 'pipeline.yaml')
    .option('--on-change', 'fire when the table is written, by events that the worker is told of')
    .option('--paused', 'do not let it fire before it is resumed')
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold schedule create nightly churn.yaml --cron "0 3 * * *" --timezone Europe/Zurich --jitter 10m\n' +
        '  crossfold schedule create often churn.yaml --every 6h\n  crossfold schedule create fresh churn.yaml --on-change',
    )
    .action(async (name: string, file: string, options: TimingOptions & { paused?: true; onChange?: true }) => {
      if (options.cron === undefined && options.every === undefined && options.onChange !== true)
        throw new CrossfoldError(
          'ScheduleInvalid',
          `schedule ${name}: found no time; give --cron, --every or --on-change.`,
        );
      await withSession(async (session) => {
        const action = await actionOf(name, file, session);
        await withSchedule(session, name, () =>
          session.temporal.client.schedule.create({
            ...{ scheduleId: name, action, spec: specOf(options), policies: policiesOf(options) },
            state: { paused: options.paused === true },
            ...(options.onChange === true && { memo: { [TABLE_MEMO]: action.args[0].pipeline.data.uri } }),
          }),
        );
        terminal.print(`schedule ${name} is made; 'crossfold schedule describe ${name}' shows when it fires`);
      });
    });

  withTimingOptions(schedule.command('update'))
    .summary('change a schedule')
    .description(
      'Changes when a schedule fires, or takes over a changed pipeline file; what is not given stays as it is.',
    )
    .argument('<name>', 'the schedule')
    .argument('[file]', 'the pipeline file to take over')
    .addHelpText('after', '\nExample:\n  crossfold schedule update nightly --cron "0 5 * * *"')
    .action(async (name: string, file: string | undefined, options: TimingOptions) => {
      await withSession(async (session) => {
        const action = file === undefined ? undefined : await actionOf(name, file, session);
        await withSchedule(session, name, (handle) =>
          handle.update((before) => ({
            spec: specOf(options, before.spec),
            policies: policiesOf(options, before.policies),
            action: action ?? before.action,
            state: before.state,
          })),
        );
        terminal.print(`schedule ${name} is changed`);
      });
    });
};
