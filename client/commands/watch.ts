import { plannedSteps } from '../../core/planned-jobs.ts';
import type { AddCommand } from '../command.ts';
import { resultText } from '../format/result-text.ts';
import { inputOfRun } from '../run-input.ts';
import { findRun, runLink } from '../runs.ts';
import { withSession } from '../session.ts';
import { follow } from './run.ts';

/** `crossfold watch`: follows a run that goes on. */
export const addWatch: AddCommand = (program, shell) => {
  program
    .command('watch')
    .summary('follow a run')
    .description(
      'Follows a run to its end: its steps with their jobs, folds, scores, and the time that is left at most; then shows what it ' +
        'found. Where nobody looks, a line for each stage that has ended. Ctrl-C ends the following, not the run.',
    )
    .argument('[run]', 'the run; without it the newest one')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExample:\n  crossfold watch titanic/2026-11-25T10-30Z-7f3a')
    .action(async (name: string | undefined, options: { json?: true }) => {
      await withSession(async ({ settings, temporal }) => {
        const handle = await findRun(temporal.client, name);
        const { pipeline } = await inputOfRun(temporal, handle);
        const { startTime: started } = await handle.describe();
        const result = await follow(handle, shell, { plan: plannedSteps(pipeline), started });
        if (result === undefined) return;
        const link = runLink(settings.uiUrl, temporal.namespace, handle);
        shell.terminal.print(
          options.json === true ? JSON.stringify(result, null, 2) : resultText(result, link, shell.terminal.width()),
        );
      });
    });
};
