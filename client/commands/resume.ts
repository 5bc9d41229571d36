import { resumeUpdate } from '../../workflows/messages.ts';
import { asking, withAskOptions } from '../ask-run.ts';
import type { AddCommand } from '../command.ts';

/** `crossfold resume`: lets a paused run go on. */
export const addResume: AddCommand = (program, shell) => {
  withAskOptions(program.command('resume'))
    .summary('let a paused run go on')
    .description('Lets a paused run start jobs again.')
    .option('--reason <text>', 'why', 'no reason given')
    .addHelpText('after', '\nExample:\n  crossfold resume titanic/2026-11-25T10-30Z-7f3a')
    .action(asking(shell, resumeUpdate, (run) => ({ text: `run ${run} goes on`, json: {} })));
};
