import { join } from 'node:path';
import { readPlaces } from '../../config/home.ts';
import type { AddCommand } from '../command.ts';
import { readPipeline } from '../pipeline-source.ts';

/** `crossfold validate`: checks a pipeline file and its scripts, and starts nothing. */
export const addValidate: AddCommand = (program, { terminal }) => {
  program
    .command('validate')
    .summary('check a pipeline file and its scripts')
    .description('Checks a pipeline file, its scripts folder and its data file. Starts nothing and sends nothing.')
    .argument('[file]', 'the pipeline file', 'pipeline.yaml')
    .option('--json', 'print the checked pipeline, with its defaults, as JSON')
    .addHelpText('after', '\nExample:\n  crossfold validate examples/titanic/pipeline.yaml')
    .action(async (file: string, options: { json?: true }) => {
      const { pipeline, scripts } = await readPipeline(file, join(readPlaces().root, 'scripts'));
      if (options.json === true) terminal.print(JSON.stringify({ pipeline, code: scripts.hash }, null, 2));
      else terminal.print(`${file} is valid: pipeline ${pipeline.pipeline}, ${scripts.files.size} scripts`);
    });
};
