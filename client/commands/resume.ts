import { resumeUpdate } from '../../workflows/messages.ts';
import { askRun, withAskOptions, type AskOptions } from '../ask-run.ts';
import type { AddCommand } from '../command.ts';
import { withSession } from '../session.ts';

/** `crossfold resume`: lets a paused run go on. */
export const addResume: AddCommand = (program, { terminal }) => {
  withAskOptions(program.command('resume'))
    .summary('let a paused run go on')
    .description('Lets a paused run start jobs again.')
    .option('--reason <text>', 'why', 'no reason given')
    .addHelpText('after', '\nExample:\n  crossfold resume titanic/2026-11-25T10-30Z-7f3a')
    .action(async (name: string, options: AskOptions) => {
      await withSession(async (session) => {
        const { handle } = await askRun(session, name, resumeUpdate, options);
        const run = handle.workflowId;
        terminal.print(options.json === true ? JSON.stringify({ run }, null, 2) : `run ${run} goes on`);
      });
    });
};
