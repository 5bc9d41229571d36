import proto from '@temporalio/proto';
import { join } from 'node:path';
import { readPlaces } from '../../config/home.ts';
import { TASK_QUEUE } from '../../core/names.ts';
import type { RunInput, RunResult } from '../../core/run.ts';
import type { AddCommand, Shell } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { resultText } from '../format/result-text.ts';
import { readPipeline, type PipelineSource } from '../pipeline-source.ts';
import { runLink, startRun, type RunHandle, type StartedRun } from '../runs.ts';
import { withSession, type Session } from '../session.ts';
import { prepareRun } from '../submit.ts';
import { noWorker, watchRun, type Followed } from '../watch.ts';

/** `crossfold run`: starts a run and follows it. */
export const addRun: AddCommand = (program, shell) => {
  program
    .command('run')
    .summary('start a run and follow it')
    .description(
      'Starts a run of a pipeline and follows it to its end. Ctrl-C ends the following; the run goes on, and ' +
        "'crossfold cancel' stops it.",
    )
    .argument('[file]', 'the pipeline file', 'pipeline.yaml')
    .option('--detach', 'start the run and do not follow it')
    .option('--no-reuse', 'run every job again, also where an earlier run has found the same')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold run examples/titanic/pipeline.yaml\n  crossfold run --detach --json',
    )
    .action(async (file: string, options: { detach?: true; json?: true; reuse: boolean }) => {
      await withSession(async (session) => {
        await report(await submit(file, session, shell, options.reuse), session, shell, options);
      });
    });
};

/** Prints a started run, or follows it to its end and prints its result. */
export async function report(
  handle: RunHandle,
  { settings, temporal }: Session,
  shell: Shell,
  options: { readonly detach?: true; readonly json?: true },
): Promise<void> {
  const link = runLink(settings.uiUrl, temporal.namespace, handle);
  const answer = { run: handle.workflowId, link };
  const json = options.json === true;
  if (options.detach === true) {
    shell.terminal.print(json ? JSON.stringify(answer, null, 2) : `${answer.run}\n${answer.link}`);
    return;
  }
  const result = await follow(handle, shell);
  if (result === undefined) return;
  shell.terminal.print(json ? JSON.stringify(result, null, 2) : resultText(result, link, shell.terminal.width()));
}

/**
 * Checks the pipeline, hands over its files and starts a run.
 *
 * @throws CrossfoldError PipelineInvalid, SettingsInvalid, Unreachable (also where no worker polls)
 */
export async function submit(file: string, session: Session, shell: Shell, reuse = true): Promise<RunHandle> {
  const source = await readPipeline(file, join(readPlaces().root, 'scripts'));
  const { handle } = await start(source, session, shell, reuse);
  return handle;
}

/**
 * Hands over the files of a checked pipeline and starts a run; answers with what it was started with.
 *
 * @throws CrossfoldError PipelineInvalid, SettingsInvalid, Unreachable (also where no worker polls)
 */
export async function start(
  source: PipelineSource,
  session: Session,
  { terminal }: Shell,
  reuse: boolean,
): Promise<{ handle: StartedRun; input: RunInput }> {
  await requireWorker(session);
  const input = await prepareRun(source, session.settings, session.objects, new Date(), reuse);
  const handle = await startRun(session.temporal.client, input);
  terminal.note(`run ${handle.workflowId}\n${runLink(session.settings.uiUrl, session.temporal.namespace, handle)}`);
  return { handle, input };
}

/** Follows a run; undefined where the user went away before its end. */
export async function follow(handle: RunHandle, shell: Shell, followed: Followed = {}): Promise<RunResult | undefined> {
  const result = await watchRun(handle, shell.terminal, shell.interrupted, followed);
  if (result === undefined) {
    shell.terminal.note(`run ${handle.workflowId} goes on; 'crossfold cancel ${handle.workflowId}' stops it.`);
    shell.exit(EXIT.cancelled);
  }
  return result;
}

/**
 * Refuses where no worker would take a run: it would wait without a word.
 *
 * @throws CrossfoldError Unreachable
 */
export async function requireWorker({ temporal: { client, namespace } }: Session): Promise<void> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  if (pollers.length === 0) throw noWorker(TASK_QUEUE);
}
