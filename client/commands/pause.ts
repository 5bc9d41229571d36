import { pauseUpdate } from '../../workflows/messages.ts';
import { asking, withAskOptions } from '../ask-run.ts';
import type { AddCommand } from '../command.ts';

/** `crossfold pause`: lets a run start no job any more. */
export const addPause: AddCommand = (program, shell) => {
  withAskOptions(program.command('pause'))
    .summary('let a run start no job until it is resumed')
    .description(
      "Lets a run start no job and begin no stage any more. Jobs that run go on to their end. 'crossfold resume' lets it go on.",
    )
    .option('--reason <text>', 'why', 'no reason given')
    .addHelpText('after', '\nExample:\n  crossfold pause titanic/2026-11-25T10-30Z-7f3a --reason "machines are needed"')
    .action(
      asking(shell, pauseUpdate, (run, answer) => ({
        text: `run ${run} is paused since ${answer.since} by ${answer.by}`,
        json: answer,
      })),
    );
};
