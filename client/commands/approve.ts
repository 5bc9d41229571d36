import { approveUpdate } from '../../workflows/messages.ts';
import { askRun, withAskOptions, type AskOptions } from '../ask-run.ts';
import type { AddCommand } from '../command.ts';
import { withSession } from '../session.ts';

/** `crossfold approve`: let a waiting run deploy its model. */
export const addApprove: AddCommand = (program, { terminal }) => {
  withAskOptions(program.command('approve'))
    .summary('let a waiting run deploy its model')
    .description(
      'Approves the model of a run that waits before its deploy (deploy.approval in the pipeline file). The run goes on to deploy it.',
    )
    .requiredOption('--reason <text>', 'why, as the result and the model registry keep it')
    .addHelpText('after', '\nExample:\n  crossfold approve titanic/2026-11-25T10-30Z-7f3a --reason "looks sound"')
    .action(async (name: string, options: AskOptions) => {
      await withSession(async (session) => {
        const { handle, answer } = await askRun(session, name, approveUpdate, options);
        terminal.print(
          options.json === true
            ? JSON.stringify({ run: handle.workflowId, ...answer }, null, 2)
            : `the model of run ${handle.workflowId} is ${answer.outcome} by ${answer.by}`,
        );
      });
    });
};
