import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { AddCommand } from '../command.ts';
import { findRun } from '../runs.ts';
import { withSession } from '../session.ts';

/** `crossfold cancel`: stops a run and its jobs. */
export const addCancel: AddCommand = (program, { terminal }) => {
  program
    .command('cancel')
    .summary('stop a run and all of its jobs')
    .description(
      'Cancels a run, stops its jobs, and waits until they have stopped. A run that has ended is left as it is.',
    )
    .argument('[run]', 'the run; without it the newest one')
    .option('--no-wait', 'do not wait until its jobs have stopped')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExample:\n  crossfold cancel titanic/2026-11-25T10-30Z-7f3a')
    .action(async (name: string | undefined, options: { wait: boolean; json?: true }) => {
      await withSession(async ({ temporal }) => {
        const handle = await findRun(temporal.client, name);
        const before = await handle.describe();
        if (before.status.name === 'RUNNING') await handle.cancel();
        if (options.wait) await handle.result().catch(unlessFailed);
        const { status } = await handle.describe();
        const answer = { run: handle.workflowId, status: status.name.toLowerCase() };
        terminal.print(
          options.json === true ? JSON.stringify(answer, null, 2) : `run ${answer.run} is ${answer.status}`,
        );
      });
    });
};

/** How the run ended is the answer, not an error; that it cannot be known is one. */
function unlessFailed(error: unknown): void {
  if (error instanceof WorkflowFailedError || error instanceof CancelledFailure) return;
  throw error;
}
