import { resolve } from 'node:path';
import { up } from '../../local/stack/stack.ts';
import { SERVICES } from '../../local/stack/progress.ts';
import type { AddCommand } from '../command.ts';
import { stackProgress } from '../stack-progress.ts';

/** `crossfold up`: starts the local stack. */
export const addUp: AddCommand = (program, { terminal, interrupted }) => {
  program
    .command('up')
    .summary('start the local stack')
    .description(
      'Starts what of the local stack does not run yet: Temporal with its Web UI, the S3 gateway, the SageMaker endpoint ' +
        'and a worker. Installs them first where needed. Everything listens on this machine alone.',
    )
    .option('--no-worker', 'leave the worker out, to start one yourself')
    .option('--weather <file>', "real AWS's bad days for the SageMaker endpoint: throttling, faults, delays, …")
    .option('--json', 'print the state of the stack as JSON')
    .addHelpText('after', '\nExample:\n  crossfold up && crossfold run examples/titanic/pipeline.yaml')
    .action(async (options: { worker: boolean; weather?: string; json?: true }) => {
      const progress = await stackProgress(terminal);
      try {
        const services = SERVICES.filter((name) => options.worker || name !== 'worker');
        const weather = options.weather === undefined ? {} : { weather: resolve(options.weather) };
        const stack = await up({ services, signal: interrupted, ...weather }, progress.report);
        progress.end();
        if (options.json === true) terminal.print(JSON.stringify(stack, null, 2));
        else terminal.note("the local stack is up; 'crossfold status' shows it, 'crossfold down' stops it.");
      } finally {
        progress.end();
      }
    });
};
