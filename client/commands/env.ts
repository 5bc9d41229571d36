import { CrossfoldError } from '../../core/errors.ts';
import { stackEnvironment } from '../../local/stack/environment.ts';
import type { AddCommand } from '../command.ts';

/** `crossfold env`: points other tools at the local stack. */
export const addEnv: AddCommand = (program, { terminal }) => {
  program
    .command('env')
    .summary('print the variables that point other tools at the local stack')
    .description(
      'Prints shell code that points any AWS SDK, boto3, the AWS CLI and the temporal CLI at the local stack.',
    )
    .option('--json', 'print the variables as JSON')
    .addHelpText('after', '\nExample:\n  eval "$(npx crossfold env)" && aws sagemaker list-training-jobs')
    .action((options: { json?: true }) => {
      const variables = stackEnvironment();
      if (variables === undefined) {
        throw new CrossfoldError('Unreachable', "the local stack is not up. Start it with 'crossfold up'.");
      }
      if (options.json === true) terminal.print(JSON.stringify(variables, null, 2));
      else for (const [name, value] of Object.entries(variables)) terminal.print(`export ${name}=${quoted(value)}`);
    });
};

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
