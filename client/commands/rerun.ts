import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import { changed, parseChange } from '../../core/changes.ts';
import { CrossfoldError } from '../../core/errors.ts';
import { runId } from '../../core/names.ts';
import { checkPipeline } from '../../core/pipeline-source.ts';
import type { RunInput } from '../../core/run.ts';
import type { AddCommand } from '../command.ts';
import { inputOfRun } from '../run-input.ts';
import { findRun, startRun } from '../runs.ts';
import { withSession } from '../session.ts';
import { versionOf } from '../submit.ts';
import { report, requireWorker } from './run.ts';

interface Options {
  readonly set: readonly string[];
  readonly reuse: boolean;
  readonly detach?: true;
  readonly json?: true;
}

/** `crossfold rerun`: starts another run of a run's pipeline, with changes. */
export const addRerun: AddCommand = (program, shell) => {
  program
    .command('rerun')
    .summary('start a run like another one, with changes')
    .description(
      'Starts a new run with the pipeline, the scripts and the data of another one, and with changes of the pipeline that are checked as the pipeline file is. What the changes leave the same is taken over, not run again. A table in S3 is read as it is now.',
    )
    .argument('[run]', 'the run; without it the newest one')
    .option('--set <key=value>', 'a change, by its path in the pipeline file; can be given again', collect, [])
    .option('--no-reuse', 'run every job again')
    .option('--detach', 'start the run and do not follow it')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold rerun --set tuning.trials=40\n' +
        "  crossfold rerun titanic/2026-11-25T10-30Z-7f3a --set 'metrics=[roc_auc, brier]' --set tuning=",
    )
    .action(async (name: string | undefined, options: Options) => {
      await withSession(async (session) => {
        const { temporal, objects } = session;
        const found = await findRun(temporal.client, name);
        const before = await inputOfRun(temporal, found);
        const changes = options.set.map((text) => parseChange(text, valueOf));
        const place = `run ${found.workflowId} with ${options.set.map((text) => `--set ${text}`).join(' ') || 'no change'}`;
        const pipeline = checkPipeline(changed(before.pipeline, changes), place);
        requireAlgorithms(pipeline, before, place);
        const { uri } = pipeline.data;
        const data = uri === undefined ? before.data : { uri, version: await versionOf(uri, objects) };
        await requireWorker(session);
        const run = runId(new Date(), randomBytes(2).toString('hex'));
        const input = { ...before, pipeline, data, run, reuse: options.reuse };
        await report(await startRun(temporal.client, input), session, shell, options);
      });
    });
};

function collect(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

/** A value as the pipeline file would have it; a plain date or an alias is a text there as well. */
function valueOf(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new CrossfoldError('PipelineInvalid', `--set: found ${text}; allowed: a value as YAML has it.`, {
      cause: error,
    });
  }
}

/** The scripts are those of the other run: an algorithm that they have not cannot be added. */
function requireAlgorithms(pipeline: RunInput['pipeline'], { code }: RunInput, place: string): void {
  const unknown = Object.keys(pipeline.algorithms).filter((name) => code.algorithms[name] === undefined);
  if (unknown.length > 0)
    throw new CrossfoldError(
      'PipelineInvalid',
      `${place}: algorithms: found ${unknown.join(', ')}; the run's scripts have: ${Object.keys(code.algorithms).join(', ')}.`,
    );
}
