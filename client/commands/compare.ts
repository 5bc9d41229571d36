import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { readPlaces } from '../../config/home.ts';
import { comparisonRows, type MethodRun } from '../../core/comparison.ts';
import { trainingsAtOnce } from '../../core/managed.ts';
import { METHODS, type Method } from '../../core/methods.ts';
import { byEachMethod } from '../../core/method-variants.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { priceOf } from '../../core/prices.ts';
import { compareRuns } from '../../core/run-comparison.ts';
import { recommendation } from '../../core/recommendation.ts';
import type { AddCommand, Shell } from '../command.ts';
import { comparisonText, type MethodComparison } from '../format/comparison-text.ts';
import { runComparisonText } from '../format/run-comparison-text.ts';
import { measuredRun } from '../measured-run.ts';
import { readPipeline, type PipelineSource } from '../pipeline-source.ts';
import { resultOf } from '../runs.ts';
import { withSession, type Session } from '../session.ts';
import { follow, start } from './run.ts';

interface Options {
  readonly methods: readonly Method[];
  readonly slots?: number;
  readonly output?: string;
  readonly json?: true;
}

/** `crossfold compare`: runs a pipeline once by each method, and tells what each found and took. */
export const addCompare: AddCommand = (program, shell) => {
  program
    .command('compare')
    .summary('compare two runs, or the methods on a pipeline')
    .description(
      'With two runs: shows side by side what they found and took, and whether their winners can be told apart. ' +
        'With a pipeline file: runs it once by each method, one after the other, without deployment and without taking over what earlier ' +
        'runs found; then shows as Markdown what each found, what it took, and what it would take with slower starts. ' +
        'Ctrl-C ends the comparison; the run that is under way goes on.',
    )
    .argument('[file-or-run]', 'the pipeline file, or the first run', 'pipeline.yaml')
    .argument('[run]', 'the run to hold against the first one')
    .option('--methods <list>', 'the methods, by commas; the first is what the others are held against', parseMethods, [
      ...METHODS,
    ])
    .option('--slots <number>', 'jobs at once, for the estimates; default: CROSSFOLD_SLOTS', parseSlots)
    .option('--output <file>', 'write the Markdown to a file as well', parseOutput)
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold compare titanic/2026-11-25T10-30Z-7f3a titanic/2026-11-26T08-00Z-01bc\n' +
        '  crossfold compare examples/titanic/pipeline.yaml\n' +
        '  crossfold compare --methods folds,indices --output methods.md',
    )
    .action(async (file: string, second: string | undefined, options: Options) => {
      if (second !== undefined) {
        await compareTwo(file, second, options, shell);
        return;
      }
      const source = await readPipeline(file, join(readPlaces().root, 'scripts'));
      const variants = byEachMethod({ ...source.pipeline, deploy: undefined }, options.methods, file);
      await withSession(async (session) => {
        const runs = await runEach(source, variants, session, shell);
        if (runs === undefined) return;
        const comparison = comparisonOf(source.pipeline, runs, options.slots ?? session.settings.slots);
        const text = comparisonText(comparison);
        if (options.output !== undefined) await writeFile(options.output, `${text}\n`);
        shell.terminal.print(options.json === true ? JSON.stringify(comparison, null, 2) : text);
      });
    });
};

/** Holds one run against another. */
async function compareTwo(first: string, second: string, { json }: Options, { terminal }: Shell): Promise<void> {
  await withSession(async ({ temporal }) => {
    const found = await Promise.all([first, second].map((name) => resultOf(temporal.client, name)));
    const [one, other] = found;
    if (one === undefined || other === undefined) throw new TypeError('two runs have two results');
    const comparison = compareRuns(one, other);
    terminal.print(
      json === true ? JSON.stringify(comparison, null, 2) : runComparisonText(comparison, terminal.width()),
    );
  });
}

/** The runs of a pipeline by each method, one after the other, so that none takes slots from another; undefined where the user went away. */
async function runEach(
  source: PipelineSource,
  variants: readonly Pipeline[],
  session: Session,
  shell: Shell,
): Promise<MethodRun[] | undefined> {
  const runs: MethodRun[] = [];
  for (const pipeline of variants) {
    shell.terminal.note(`method ${pipeline.method}`);
    const { handle, input } = await start({ ...source, pipeline }, session, shell, false);
    const result = await follow(handle, shell);
    if (result === undefined) return undefined;
    runs.push(await measuredRun(handle, input, result, session.objects));
  }
  return runs;
}

function comparisonOf(pipeline: Pipeline, runs: readonly MethodRun[], slots: number): MethodComparison {
  const price = priceOf(pipeline.jobs);
  const methods = comparisonRows(runs, slots, price, trainingsAtOnce(pipeline.tuning ?? {}, slots));
  return {
    pipeline: pipeline.pipeline,
    metric: pipeline.objective,
    confidence: pipeline.confidence,
    instance: pipeline.jobs.instance,
    price,
    slots,
    methods,
    recommendation: recommendation(methods),
  };
}

function parseMethods(text: string): Method[] {
  const names = text.split(',').map((name) => name.trim());
  const methods = names.flatMap((name) => METHODS.find((method) => method === name) ?? []);
  if (methods.length < names.length || methods.length < 2 || new Set(methods).size < methods.length)
    throw new InvalidArgumentError(`allowed: two or more of ${METHODS.join(', ')}, each once, by commas.`);
  return methods;
}

function parseSlots(text: string): number {
  const slots = Number(text);
  if (!Number.isInteger(slots) || slots < 1) throw new InvalidArgumentError('allowed: a whole number from 1 on.');
  return slots;
}

/** Runs take long: what cannot be written is refused before them. */
function parseOutput(file: string): string {
  const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder(file) || !isFolder(dirname(resolve(file))))
    throw new InvalidArgumentError('allowed: a file in a folder that is there.');
  return file;
}
