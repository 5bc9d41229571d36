import { approveUpdate } from '../../workflows/messages.ts';
import { asking, withAskOptions } from '../ask-run.ts';
import type { AddCommand } from '../command.ts';

/** `crossfold approve`: let a waiting run deploy its model. */
export const addApprove: AddCommand = (program, shell) => {
  withAskOptions(program.command('approve'))
    .summary('let a waiting run deploy its model')
    .description(
      'Approves the model of a run that waits before its deploy (deploy.approval in the pipeline file). The run goes on to deploy it.',
    )
    .requiredOption('--reason <text>', 'why, as the result and the model registry keep it')
    .addHelpText('after', '\nExample:\n  crossfold approve titanic/2026-11-25T10-30Z-7f3a --reason "looks sound"')
    .action(
      asking(shell, approveUpdate, (run, answer) => ({
        text: `the model of run ${run} is ${answer.outcome} by ${answer.by}`,
        json: answer,
      })),
    );
};
