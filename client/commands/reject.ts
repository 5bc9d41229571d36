import { rejectUpdate } from '../../workflows/messages.ts';
import { asking, withAskOptions } from '../ask-run.ts';
import type { AddCommand } from '../command.ts';

/** `crossfold reject`: end a waiting run without a deploy. */
export const addReject: AddCommand = (program, shell) => {
  withAskOptions(program.command('reject'))
    .summary('end a waiting run without a deploy')
    .description(
      'Rejects the model of a run that waits before its deploy (deploy.approval in the pipeline file). The model stays registered, as rejected; the endpoint stays as it is.',
    )
    .requiredOption('--reason <text>', 'why, as the result and the model registry keep it')
    .addHelpText('after', '\nExample:\n  crossfold reject titanic/2026-11-25T10-30Z-7f3a --reason "recall too low"')
    .action(
      asking(shell, rejectUpdate, (run, answer) => ({
        text: `the model of run ${run} is ${answer.outcome} by ${answer.by}`,
        json: answer,
      })),
    );
};
