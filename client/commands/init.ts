import { Option } from 'commander';
import { relative } from 'node:path';
import { readPlaces } from '../../config/home.ts';
import { task as tasks, type Task } from '../../core/task.ts';
import { preparePython } from '../../local/stack/install/install.ts';
import type { AddCommand } from '../command.ts';
import { proposalText } from '../format/proposal-text.ts';
import { TableReader } from '../init/look-at-table.ts';
import { makePipeline, pipelineNameOf } from '../init/new-pipeline.ts';
import { stackProgress } from '../stack-progress.ts';

interface Options {
  readonly target?: string;
  readonly task?: Task;
  readonly output?: string;
  readonly json?: true;
}

/** `crossfold init`: a new pipeline from a CSV file. */
export const addInit: AddCommand = (program, { terminal, interrupted }) => {
  program
    .command('init')
    .summary('make a new pipeline from a CSV file')
    .description(
      'Looks at the columns of a CSV file and makes a folder with a pipeline that runs: a copy of the table, pipeline.yaml, and ' +
        'scripts/preprocessing.py with the target and the columns that it is predicted from. Change what you know better.',
    )
    .argument('<csv>', 'the table: a CSV file, UTF-8, with a header')
    .option('--target <column>', 'the column to predict; default: the one that looks most like it')
    .addOption(new Option('--task <task>', 'what to predict; default: as the target looks').choices(tasks.options))
    .option('--output <folder>', "the folder to make, which names the pipeline; default: the table's name")
    .option('--json', 'print the proposal as JSON')
    .addHelpText('after', '\nExamples:\n  crossfold init customers.csv\n  crossfold init houses.csv --target price')
    .action(async (csv: string, { target, task, output, json }: Options) => {
      const places = readPlaces();
      const progress = await stackProgress(terminal);
      const python = await preparePython(progress.report, { places, signal: interrupted }).finally(() =>
        progress.end(),
      );
      const reader = new TableReader(python, places, interrupted);
      const wishes = { ...(target !== undefined && { target }), ...(task !== undefined && { task }) };
      const made = await makePipeline(csv, output ?? pipelineNameOf(csv), wishes, reader, places);
      terminal.print(
        json === true ? JSON.stringify(made, null, 2) : proposalText({ ...made, file: relative('.', made.file) }),
      );
    });
};
