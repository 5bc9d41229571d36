import type {
  WorkflowExecutionDescription,
  WorkflowExecutionInfo,
  WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type Client,
  type WorkflowHandle,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { CrossfoldError } from '../core/errors.ts';
import { TASK_QUEUE, workflowId } from '../core/names.ts';
import type { RunInput, RunResult, Stage } from '../core/run.ts';
import { attributes, PAUSED } from '../workflows/messages.ts';
import type { pipelineWorkflow } from '../workflows/index.ts';

type Run = typeof pipelineWorkflow;
export type RunHandle = WorkflowHandle<Run>;
export type StartedRun = WorkflowHandleWithFirstExecutionRunId<Run>;

const TYPE = 'pipelineWorkflow';
const APPROVAL: Stage = 'approve';

/** Starts a run; the same input again is the same run. */
export async function startRun(client: Client, input: RunInput): Promise<StartedRun> {
  return await client.workflow.start<Run>(TYPE, startOptions(input));
}

/**
 * Starts a run once more under its name. Twice at once is once.
 *
 * @throws CrossfoldError RunNotReady where it has completed meanwhile
 */
export async function retryRun(client: Client, input: RunInput): Promise<StartedRun> {
  const workflowIdReusePolicy = WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY;
  try {
    return await client.workflow.start<Run>(TYPE, { ...startOptions(input), workflowIdReusePolicy });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new CrossfoldError('RunNotReady', `run ${error.workflowId} has completed meanwhile.`, { cause: error });
  }
}

function startOptions(input: RunInput): WorkflowStartOptions<Run> {
  const { pipeline } = input.pipeline;
  return {
    taskQueue: TASK_QUEUE,
    workflowId: workflowId(pipeline, input.run),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `${pipeline}: ${input.pipeline.split.folds} folds, ${Object.keys(input.pipeline.algorithms).join(', ')}`,
    memo: { data: input.data, code: input.code },
    args: [input],
  };
}

/** Which runs to list: all where nothing is said. */
export interface RunFilter {
  readonly pipeline?: string;
  readonly status?: RunStatus;
  readonly since?: Date;
  /** Only runs whose best score is below, or above. */
  readonly below?: number;
  readonly above?: number;
}

/** What Temporal calls the states of a run, by our words. */
const STATUSES = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
} as const;
export type RunStatus = keyof typeof STATUSES;
export const RUN_STATUSES: readonly string[] = Object.keys(STATUSES);

/** A filter as a query of Temporal's visibility. */
export function visibilityQuery({ pipeline, status, since, below, above }: RunFilter): string {
  return [
    `WorkflowType = '${TYPE}'`,
    ...(pipeline === undefined ? [] : [`CrossfoldPipeline = '${pipeline.replaceAll(/['\\]/g, '')}'`]),
    ...(status === undefined ? [] : [`ExecutionStatus = '${STATUSES[status]}'`]),
    ...(since === undefined ? [] : [`StartTime >= '${since.toISOString()}'`]),
    ...(below === undefined ? [] : [`CrossfoldScore < ${below}`]),
    ...(above === undefined ? [] : [`CrossfoldScore > ${above}`]),
  ].join(' AND ');
}

/** The runs that a filter lets through, newest first. */
export async function listRuns(
  client: Client,
  limit: number,
  filter: RunFilter = {},
): Promise<WorkflowExecutionInfo[]> {
  const found: WorkflowExecutionInfo[] = [];
  for await (const run of client.workflow.list({ query: visibilityQuery(filter) })) {
    if (found.push(run) >= limit) break;
  }
  return found;
}

/** The newest runs of a pipeline that completed. */
export async function completedRuns(client: Client, pipeline: string, limit: number): Promise<RunHandle[]> {
  const found = await listRuns(client, limit, { pipeline, status: 'completed' });
  return found.map(({ workflowId: id }) => client.workflow.getHandle<Run>(id));
}

/**
 * Finds a run by its workflow id, by the part after the pipeline's name, or the newest one where no name is given.
 *
 * @throws CrossfoldError RunNotFound
 */
export async function findRun(client: Client, name: string | undefined): Promise<RunHandle> {
  if (name?.includes('/') === true) {
    const handle = client.workflow.getHandle<Run>(name);
    await handle.describe();
    return handle;
  }
  const runs = await listRuns(client, 1000);
  const found = name === undefined ? runs[0] : runs.find((run) => run.workflowId.endsWith(`/${name}`));
  if (found !== undefined) return client.workflow.getHandle<Run>(found.workflowId);
  const text = name === undefined ? 'there is no run yet; start one with crossfold run' : `there is no run ${name}`;
  throw new CrossfoldError('RunNotFound', `${text}. 'crossfold list' shows those there are.`);
}

/**
 * What a run has found.
 *
 * @throws CrossfoldError RunNotFound where there is no such run, or none that has completed
 */
export async function resultOf(client: Client, name: string): Promise<RunResult> {
  const handle = await findRun(client, name);
  const { status } = await handle.describe();
  if (status.name === 'COMPLETED') return await handle.result();
  throw new CrossfoldError(
    'RunNotFound',
    `run ${handle.workflowId} is ${status.name.toLowerCase()}: it has no result.`,
  );
}

/** How a run is: Temporal's status in lower case, and of a running one whether it waits for a person. */
export function statusOf({
  status,
  typedSearchAttributes,
}: WorkflowExecutionDescription | WorkflowExecutionInfo): string {
  const stage = typedSearchAttributes.get(attributes.stage);
  if (status.name === 'RUNNING' && stage === PAUSED) return 'paused';
  if (status.name === 'RUNNING' && stage === APPROVAL) return 'waiting for approval';
  return status.name.toLowerCase();
}

/** A run's page in the Temporal Web UI. */
export function runLink(uiUrl: string, namespace: string, handle: { workflowId: string }): string {
  return `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(handle.workflowId)}`;
}
