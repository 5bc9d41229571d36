import { processEnvironment } from '../../config/environment.ts';
import { connectClient } from '../../config/temporal.ts';
import { prepare } from '../../local/stack/install/install.ts';
import type { AddCommand } from '../command.ts';
import { registerSearchAttributes } from '../search-attributes.ts';
import { stackProgress } from '../stack-progress.ts';

/** `crossfold setup`: installs what the local stack needs, or prepares a Temporal server for runs. */
export const addSetup: AddCommand = (program, { terminal, interrupted }) => {
  program
    .command('setup')
    .summary('install what the local stack needs')
    .description(
      'Installs the Python environment, the Temporal CLI and the S3 gateway into the cache. What is there is left.',
    )
    .option(
      '--temporal',
      'instead, register the search attributes of runs at the Temporal server that the environment names',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold setup\n  TEMPORAL_ADDRESS=temporal.example:7233 crossfold setup --temporal',
    )
    .action(async (options: { temporal?: true }) => {
      if (options.temporal === true) {
        const temporal = await connectClient(processEnvironment());
        try {
          const added = await registerSearchAttributes(temporal);
          terminal.note(added.length === 0 ? 'all search attributes were there.' : `registered ${added.join(', ')}.`);
        } finally {
          await temporal.close();
        }
        return;
      }
      const progress = await stackProgress(terminal);
      try {
        await prepare(progress.report, { signal: interrupted });
      } finally {
        progress.end();
      }
    });
};
