import { setTimeout as sleep } from 'node:timers/promises';
import { JobLogs } from '../../activities/job-logs.ts';
import { CrossfoldError } from '../../core/errors.ts';
import type { AddCommand, Shell } from '../command.ts';
import { wholeNumber } from '../arguments.ts';
import { jobPrefixOf, jobsOfRun, type RunJob } from '../run-jobs.ts';
import { findRun } from '../runs.ts';
import { withSageMaker } from '../sagemaker-session.ts';
import { withSession } from '../session.ts';

const LOOK_MS = 1000;

interface Options {
  readonly fold?: number;
  readonly job?: string;
  readonly step?: string;
  readonly follow?: true;
}

/** `crossfold logs`: what the jobs of a run have printed. */
export const addLogs: AddCommand = (program, shell) => {
  program
    .command('logs')
    .summary('show what the jobs of a run have printed')
    .description(
      'Shows the logs of the jobs that a run has started, from CloudWatch Logs, the oldest job first; with more than one job ' +
        'each line begins with its step. Jobs that were taken over from earlier runs have their logs there.',
    )
    .argument('[run]', 'the run; without it the newest one')
    .option('--fold <number>', 'only jobs of this fold, from 0', wholeNumber(0))
    .option('--step <step>', 'only jobs of steps that begin so, as tune or fold-3/preprocess')
    .option('--job <name>', 'only this job')
    .option('--follow', 'go on until the run has ended; Ctrl-C ends the following, not the run')
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold logs --fold 3\n  crossfold logs titanic/2026-11-25T10-30Z-7f3a --step tune --follow',
    )
    .action(async (name: string | undefined, options: Options) => {
      await show(name, options, shell);
    });
};

async function show(name: string | undefined, options: Options, shell: Shell): Promise<void> {
  await withSession(({ temporal }) =>
    withSageMaker(async ({ sagemaker }) => {
      const handle = await findRun(temporal.client, name);
      const prefix = await jobPrefixOf(temporal, handle);
      const isRunning = async (): Promise<boolean> => (await handle.describe()).status.name === 'RUNNING';
      const logs = new JobLogs();
      try {
        for (let running = true; running;) {
          // Asked before the logs are read: what is written until the end is read then.
          running = options.follow === true && !shell.interrupted.aborted && (await isRunning());
          const all = await jobsOfRun(sagemaker, prefix);
          const jobs = all.filter((job) => isWanted(job, options));
          if (jobs.length === 0 && !running) throw nothingFound(handle.workflowId, all);
          for (const job of jobs) await print(logs, job, options.job === undefined && all.length > 1, shell);
          if (running) await sleep(LOOK_MS, undefined, { signal: shell.interrupted }).catch(() => undefined);
        }
      } finally {
        logs.close();
      }
    }),
  );
}

async function print(logs: JobLogs, job: RunJob, named: boolean, { terminal }: Shell): Promise<void> {
  for await (const line of logs.newLines(job)) terminal.print(named ? `[${job.step}] ${line}` : line);
}

function isWanted({ name, step }: RunJob, { fold, step: wanted, job }: Options): boolean {
  if (job !== undefined && name !== job && step !== job) return false;
  if (wanted !== undefined && !step.startsWith(wanted.replaceAll('/', '-'))) return false;
  return fold === undefined || new RegExp(`(^|-)fold-${fold}(-|$)`).test(step);
}

function nothingFound(run: string, jobs: readonly RunJob[]): CrossfoldError {
  const steps =
    jobs.length === 0 ? 'it has started none of its own' : `its steps: ${jobs.map(({ step }) => step).join(', ')}`;
  return new CrossfoldError('RunNotFound', `run ${run} has no such job; ${steps}.`);
}
