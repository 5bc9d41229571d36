import type { RetryPolicy } from '@temporalio/common';
import {
  ActivityCancellationType,
  CancellationScope,
  log,
  proxyActivities,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { EndpointActivities } from '../activities/endpoints.ts';
import type { Activities } from '../activities/index.ts';
import type { JobActivities, JobOutcome } from '../activities/jobs/job-activities.ts';
import { jobLink } from '../core/console.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { JobSpec } from '../core/jobs.ts';
import { JOBS_TASK_QUEUE } from '../core/names.ts';
import type { ResultName } from '../core/results.ts';
import type { JobRecord, Patience, RunInput } from '../core/run.ts';
import { codeOf } from './failure.ts';

/** Jobs that a step may take: a new one only where the last was interrupted through no fault of its own. */
const ATTEMPTS = 3;

/** Errors after which no job of ours is left running. */
const NOTHING_RUNS: ReadonlySet<ErrorCode | undefined> = new Set([
  'JobFailed',
  'JobInterrupted',
  'JobStopped',
  'ResultMissing',
  'JobNameTaken',
  'RequestInvalid',
] as const);

/** Errors say themselves when a retry cannot mend them. */
const retry: RetryPolicy = { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '30 s' };

/** The activities that are one short contact with the world. */
export function shortActivities(patience: Patience): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({ startToCloseTimeout: '10 min', heartbeatTimeout: patience.heartbeat, retry });
}

/** The activities that wait for an endpoint. */
export function endpointActivities(patience: Patience, summary: string): ActivityInterfaceFor<EndpointActivities> {
  return proxyActivities<EndpointActivities>({
    startToCloseTimeout: patience.endpoint,
    heartbeatTimeout: patience.heartbeat,
    retry,
    summary,
  });
}

/**
 * Nothing but the heartbeat bounds a wait: jobs queue for slots, and SageMaker bounds their running. A cancel waits until the activity has heard of it: a job whose
 * start is under way is there by then, and can be stopped.
 */
function waiting({ heartbeat }: Patience, summary: string): ActivityInterfaceFor<JobActivities> {
  const options = {
    ...{ taskQueue: JOBS_TASK_QUEUE, startToCloseTimeout: '30 days', heartbeatTimeout: heartbeat },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  } as const;
  return proxyActivities<JobActivities>({ ...options, retry, summary });
}

function stopping({ heartbeat, stop }: Patience, summary: string): ActivityInterfaceFor<JobActivities> {
  return proxyActivities<JobActivities>({ startToCloseTimeout: stop, heartbeatTimeout: heartbeat, retry, summary });
}

/** Runs jobs for a workflow and owns their stopping. */
export interface JobRunner {
  /**
   * Runs one job to its end. When it did not end by itself (a cancel, a broken wait, a sibling's failure) it is stopped
   * before the error goes on, whatever happens to the workflow.
   *
   * @param plan the job of an attempt, counted from 1
   * @param fits how many fits it carries, where its result does not say
   */
  run<N extends ResultName>(plan: (attempt: number) => JobSpec<N>, fits: number): Promise<JobOutcome<N>>;
  /** Notes a job that another one started, or that an earlier run had and whose fits are taken over. */
  noted(job: JobRecord): void;
}

/** @param ended told of each job that completed */
export function jobRunner(
  { patience, console }: Pick<RunInput, 'patience' | 'console'>,
  ended: (job: JobRecord) => void,
): JobRunner {
  async function once<N extends ResultName>(spec: JobSpec<N>, fits: number): Promise<JobOutcome<N>> {
    try {
      const outcome = await waiting(patience, summaryOf(spec)).runJob(spec);
      const { job, created, startup, seconds, output, reused } = outcome;
      const working = 'working_seconds' in outcome.result ? outcome.result.working_seconds : 0;
      const made = 'fits' in outcome.result ? outcome.result.fits.length : fits;
      ended({ ...job, step: spec.step, created, startup, seconds, working, output, fits: made, reused });
      return outcome;
    } catch (error) {
      if (!NOTHING_RUNS.has(codeOf(error))) await CancellationScope.nonCancellable(() => stop(spec));
      throw error;
    }
  }

  /** What the Web UI calls the activity. */
  function summaryOf({ kind, name, step }: JobSpec): string {
    const link = console === null ? '' : ` ${jobLink(console, { kind, name })}`;
    return `${step}: ${kind} job ${name}${link}`;
  }

  async function stop({ kind, name }: JobSpec): Promise<void> {
    try {
      await stopping(patience, `Stop job ${name}`).stopJob({ kind, name });
    } catch (error) {
      log.error('a job could not be stopped', { job: name, error: String(error) });
    }
  }

  return {
    noted: ended,
    async run(plan, fits) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(plan(attempt), fits);
        } catch (error) {
          if (attempt === ATTEMPTS || codeOf(error) !== 'JobInterrupted') throw error;
        }
      }
    },
  };
}
