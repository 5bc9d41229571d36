import { CrossfoldError } from '../../core/errors.ts';
import type { AddCommand } from '../command.ts';
import { inputOfRun } from '../run-input.ts';
import { findRun, retryRun } from '../runs.ts';
import { withSession } from '../session.ts';
import { report, requireWorker } from './run.ts';

/** `crossfold retry`: lets a run that failed go on from the step that failed. */
export const addRetry: AddCommand = (program, shell) => {
  program
    .command('retry')
    .summary('let a failed run go on from the step that failed')
    .description(
      'Starts a run that failed or was cancelled once more, under its name and with the same data, scripts and pipeline. What ' +
        'its jobs have found is taken over, so that it goes on where it failed. Follows it as crossfold run does.',
    )
    .argument('<run>', 'the run')
    .option('--detach', 'start the run and do not follow it')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExample:\n  crossfold retry titanic/2026-11-25T10-30Z-7f3a')
    .action(async (name: string, options: { detach?: true; json?: true }) => {
      await withSession(async (session) => {
        const { temporal } = session;
        const found = await findRun(temporal.client, name);
        const { status } = await found.describe();
        if (status.name === 'RUNNING' || status.name === 'COMPLETED')
          throw new CrossfoldError(
            'RunNotReady',
            `run ${found.workflowId} is ${status.name.toLowerCase()}; only one that failed or was cancelled can be retried. ` +
              `'crossfold rerun ${found.workflowId}' starts another run of the same.`,
          );
        await requireWorker(session);
        const input = await inputOfRun(temporal, found);
        await report(await retryRun(temporal.client, input), session, shell, options);
      });
    });
};
