import { join } from 'node:path';
import { readPlaces } from '../../config/home.ts';
import { TASK_QUEUE, workflowId } from '../../core/names.ts';
import type { leakCheckWorkflow } from '../../workflows/index.ts';
import type { AddCommand, Shell } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { leakText } from '../format/leak-text.ts';
import { readPipeline } from '../pipeline-source.ts';
import { runLink } from '../runs.ts';
import { withSession, type Session } from '../session.ts';
import { prepareRun } from '../submit.ts';
import { requireWorker } from './run.ts';

/** `crossfold leak-check`: whether information of test rows reaches the fits. */
export const addLeakCheck: AddCommand = (program, shell) => {
  program
    .command('leak-check')
    .summary('check a pipeline for leaks')
    .description(
      'Scores each base setting on each fold twice: with preprocessing fitted on the training rows, as a run does, and ' +
        'fitted on all rows; and warns of duplicates, groups, times and features that tell of the test rows. Starts two jobs. ' +
        'Ctrl-C ends the waiting, not the check.',
    )
    .argument('[file]', 'the pipeline file', 'pipeline.yaml')
    .option('--no-reuse', 'run both jobs again, also where an earlier check has found the same')
    .option('--json', 'print the whole report as JSON')
    .addHelpText('after', '\nExample:\n  crossfold leak-check examples/leak/pipeline.yaml')
    .action(async (file: string, options: { json?: true; reuse: boolean }) => {
      await withSession(async (session) => {
        const report = await check(file, session, shell, options.reuse);
        if (report !== undefined) {
          shell.terminal.print(
            options.json === true ? JSON.stringify(report, null, 2) : leakText(report, shell.terminal.width()),
          );
        }
      });
    });
};

type Report = Awaited<ReturnType<typeof leakCheckWorkflow>>;

/** Starts a check and waits for it; undefined where the user went away before its end. */
async function check(
  file: string,
  session: Session,
  { terminal, interrupted, exit }: Shell,
  reuse: boolean,
): Promise<Report | undefined> {
  const { settings, temporal, objects } = session;
  const source = await readPipeline(file, join(readPlaces().root, 'scripts'));
  await requireWorker(session);
  const prepared = await prepareRun(source, settings, objects, new Date(), reuse);
  const input = { ...prepared, run: `leak-check-${prepared.run}` };
  const { pipeline } = input.pipeline;
  const handle = await temporal.client.workflow.start<typeof leakCheckWorkflow>('leakCheckWorkflow', {
    taskQueue: TASK_QUEUE,
    workflowId: workflowId(pipeline, input.run),
    staticSummary: `${pipeline}: leak check`,
    args: [input],
  });
  terminal.note(`leak check ${handle.workflowId}\n${runLink(settings.uiUrl, temporal.namespace, handle)}`);
  const gone = new Promise<undefined>((resolve) => {
    interrupted.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const report = await Promise.race([handle.result(), gone]);
  if (report === undefined) {
    terminal.note(`leak check ${handle.workflowId} goes on; 'crossfold cancel ${handle.workflowId}' stops it.`);
    exit(EXIT.cancelled);
  }
  return report;
}
