import { CrossfoldError } from '../../core/errors.ts';
import type { AddCommand } from '../command.ts';
import { resultText } from '../format/result-text.ts';
import { findRun, runLink } from '../runs.ts';
import { withSession } from '../session.ts';

/** `crossfold result`: what a run found. */
export const addResult: AddCommand = (program, { terminal }) => {
  program
    .command('result')
    .summary('show what a run found')
    .description(
      'Shows what a completed run found. With --json: every fit (fold, algorithm, hyperparameters, every metric at full ' +
        "precision, job), the choices with their numbers, and where the split's row numbers are.",
    )
    .argument('[run]', 'the run; without it the newest one')
    .option('--json', 'print the whole result as JSON')
    .addHelpText('after', '\nExamples:\n  crossfold result\n  crossfold result titanic/2026-11-25T10-30Z-7f3a --json')
    .action(async (name: string | undefined, options: { json?: true }) => {
      await withSession(async ({ settings, temporal, objects }) => {
        const handle = await findRun(temporal.client, name);
        const { status } = await handle.describe();
        if (status.name === 'RUNNING') {
          throw new CrossfoldError(
            'RunNotFound',
            `run ${handle.workflowId} is still running; 'crossfold status ${handle.workflowId}' shows how far it is.`,
          );
        }
        const result = await handle.result();
        if (options.json !== true) {
          terminal.print(resultText(result, runLink(settings.uiUrl, temporal.namespace, handle), terminal.width()));
          return;
        }
        const text = await objects.readText(result.files.result);
        if (text === undefined) throw new CrossfoldError('RunNotFound', `${result.files.result} is gone from S3`);
        terminal.print(text.trimEnd());
      });
    });
};
