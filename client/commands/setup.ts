import { prepare } from '../../local/stack/install/install.ts';
import type { AddCommand } from '../command.ts';
import { stackProgress } from '../stack-progress.ts';

/** `crossfold setup`: installs what the local stack needs. */
export const addSetup: AddCommand = (program, { terminal, interrupted }) => {
  program
    .command('setup')
    .summary('install what the local stack needs')
    .description(
      'Installs the Python environment, the Temporal CLI and the S3 gateway into the cache. What is there is left.',
    )
    .action(async () => {
      const progress = stackProgress(terminal);
      try {
        await prepare(progress.report, { signal: interrupted });
      } finally {
        progress.end();
      }
    });
};
