import { pipelineJsonSchema } from '../../core/pipeline.ts';
import type { AddCommand } from '../command.ts';

/** `crossfold schema`: the pipeline file's JSON Schema. */
export const addSchema: AddCommand = (program, { terminal }) => {
  program
    .command('schema')
    .summary("print the pipeline file's JSON Schema")
    .description('Prints the JSON Schema that the pipeline file is checked by, for editors.')
    .addHelpText('after', '\nExample:\n  crossfold schema > pipeline.schema.json')
    .action(() => {
      terminal.print(JSON.stringify(pipelineJsonSchema(), null, 2));
    });
};
