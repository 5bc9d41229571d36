import { down } from '../../local/stack/stack.ts';
import type { AddCommand } from '../command.ts';
import { stackProgress } from '../stack-progress.ts';

/** `crossfold down`: stops the local stack. */
export const addDown: AddCommand = (program, { terminal }) => {
  program
    .command('down')
    .summary('stop the local stack')
    .description(
      'Stops the local stack and everything that it runs. Its state stays for the next start, unless --purge is given.',
    )
    .option('--purge', 'delete its state too: runs, files, jobs, logs, credentials')
    .addHelpText('after', '\nExample:\n  crossfold down --purge')
    .action(async (options: { purge?: true }) => {
      const progress = await stackProgress(terminal);
      try {
        await down({ purge: options.purge === true }, progress.report);
      } finally {
        progress.end();
      }
      terminal.note('the local stack is down.');
    });
};
