import { Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { invokeEndpoint } from '../../activities/endpoint-list.ts';
import { CrossfoldError } from '../../core/errors.ts';
import type { AddCommand } from '../command.ts';
import { withSageMaker } from '../sagemaker-session.ts';

const TYPES = { csv: 'text/csv', json: 'application/json' } as const;
type Format = keyof typeof TYPES;

/** `crossfold invoke`: predictions of an endpoint. */
export const addInvoke: AddCommand = (program, { terminal }) => {
  program
    .command('invoke')
    .summary('ask an endpoint for predictions')
    .description('Sends the rows of a file to an endpoint, and prints its answer: raw rows, as the table has them.')
    .argument('<endpoint>', 'the endpoint')
    .argument('<file>', 'a CSV file with a header, or JSON; - for the standard input')
    .addOption(
      new Option('--format <format>', "the file's; default: by its name, else csv").choices(Object.keys(TYPES)),
    )
    .addOption(new Option('--answer <format>', 'how to answer').choices(Object.keys(TYPES)).default('json'))
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold invoke churn new.csv\n  head -3 new.csv | crossfold invoke churn - --answer csv',
    )
    .action(async (endpoint: string, file: string, options: { format?: Format; answer: Format }) => {
      const body = await readFile(file === '-' ? '/dev/stdin' : file).catch((error: unknown) => {
        throw new CrossfoldError('TableInvalid', `${file} cannot be read: ${String(error)}`, { cause: error });
      });
      const format = options.format ?? (file.endsWith('.json') ? 'json' : 'csv');
      const invocation = { endpoint, type: TYPES[format], accept: TYPES[options.answer], body };
      terminal.print((await withSageMaker(({ runtime }) => invokeEndpoint(runtime, invocation))).trimEnd());
    });
};
