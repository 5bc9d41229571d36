import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { AwsClients } from '../../activities/aws.ts';
import { deleteEndpoint, listEndpoints } from '../../activities/endpoint-list.ts';
import { askToStop, listJobs, tagsOf, type ListedJob } from '../../activities/job-list.ts';
import type { JobKind } from '../../core/jobs.ts';
import { EXPIRES_TAG, RUN_TAG } from '../../core/names.ts';
import type { AddCommand } from '../command.ts';
import { tableText } from '../format/table.ts';
import { withSageMaker } from '../sagemaker-session.ts';
import { withSession } from '../session.ts';

type SageMaker = AwsClients['sagemaker'];

/** Something that runs on for nobody. */
interface Leftover {
  readonly kind: `${JobKind} job` | 'endpoint';
  readonly name: string;
  readonly why: string;
  readonly end: (sagemaker: SageMaker) => Promise<void>;
}

/** `crossfold reap`: ends what runs on for nobody. */
export const addReap: AddCommand = (program, { terminal }) => {
  program
    .command('reap')
    .summary('stop jobs whose run is gone, and delete endpoints that have expired')
    .description(
      'Looks for jobs that a run has started and that go on although the run has ended or is unknown to Temporal, and for ' +
        'endpoints whose tag crossfold:expires names a time that has passed. Shows them only, unless --apply is given. ' +
        'Make sure that it asks the Temporal server and the namespace that the runs are in.',
    )
    .option('--apply', 'stop the jobs and delete the endpoints')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', '\nExamples:\n  crossfold reap\n  crossfold reap --apply')
    .action(async (options: { apply?: true; json?: true }) => {
      await withSession(({ temporal }) =>
        withSageMaker(async ({ sagemaker }) => {
          const found = [...(await strayJobs(sagemaker, temporal.client)), ...(await expiredEndpoints(sagemaker))];
          if (options.apply === true) for (const each of found) await each.end(sagemaker);
          const answer = found.map(({ kind, name, why }) => ({ kind, name, why, ended: options.apply === true }));
          terminal.print(options.json === true ? JSON.stringify(answer, null, 2) : reapText(answer, terminal.width()));
        }),
      );
    });
};

async function strayJobs(sagemaker: SageMaker, client: Client): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const known = new Map<string, string | undefined>();
  for (const job of await listJobs(sagemaker, { status: 'InProgress' })) {
    const run = (await tagsOf(sagemaker, job.arn)).get(RUN_TAG);
    if (run === undefined) continue;
    if (!known.has(run)) known.set(run, await whyGone(client, run));
    const why = known.get(run);
    if (why !== undefined) found.push(leftoverOf(job, why));
  }
  return found;
}

function leftoverOf(job: ListedJob, why: string): Leftover {
  return { kind: `${job.kind} job`, name: job.name, why, end: (sagemaker) => askToStop(sagemaker, job) };
}

/** Why a run no longer looks after its jobs; undefined where it does. */
async function whyGone(client: Client, run: string): Promise<string | undefined> {
  try {
    const { status } = await client.workflow.getHandle(run).describe();
    return status.name === 'RUNNING' ? undefined : `run ${run} is ${status.name.toLowerCase()}`;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return `run ${run} is unknown`;
    throw error;
  }
}

async function expiredEndpoints(sagemaker: SageMaker): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { name, arn, status } of await listEndpoints(sagemaker)) {
    if (status === 'Deleting') continue;
    const expires = (await tagsOf(sagemaker, arn)).get(EXPIRES_TAG);
    if (expires !== undefined && new Date(expires).getTime() <= Date.now())
      found.push({ kind: 'endpoint', name, why: `expired at ${expires}`, end: () => deleteEndpoint(sagemaker, name) });
  }
  return found;
}

function reapText(
  found: readonly { kind: string; name: string; why: string; ended: boolean }[],
  width: number,
): string {
  if (found.length === 0) return 'nothing runs on for nobody';
  const rows = found.map(({ kind, name, why }) => [kind, name, why]);
  const ended = found.every((each) => each.ended);
  return `${tableText(['what', 'name', 'why'], rows, width)}\n${ended ? `${found.length} stopped or deleted` : "nothing was done: 'crossfold reap --apply' ends them"}`;
}
