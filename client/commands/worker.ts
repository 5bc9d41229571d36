import { pointAtStack, processEnvironment } from '../../config/environment.ts';
import { stackEnvironment } from '../../local/stack/environment.ts';
import type { AddCommand } from '../command.ts';

/** `crossfold worker`: the process that does the work of runs. */
export const addWorker: AddCommand = (program, { interrupted }) => {
  program
    .command('worker')
    .summary('run a worker until it is asked to stop')
    .description(
      'Runs a worker in the foreground. SIGTERM or Ctrl-C ends it; what it waited for goes on with another worker.',
    )
    .addHelpText('after', '\nExample:\n  crossfold up --no-worker && crossfold worker')
    .action(async () => {
      // Loaded here: the native core of the worker is slow to load, and no other command needs it.
      const { runWorker } = await import('../../worker/run-worker.ts');
      pointAtStack(stackEnvironment());
      await runWorker(processEnvironment(), interrupted);
    });
};
