import { Context } from '@temporalio/activity';
import { CrossfoldError } from '../../core/errors.ts';
import { placeIn } from '../../core/step-order.ts';
import { hasEnded, type JobKind, type JobReference, type JobSpec } from '../../core/jobs.ts';
import { RUN_TAG } from '../../core/names.ts';
import { costOf, priceOf } from '../../core/prices.ts';
import type { Result, ResultName } from '../../core/results.ts';
import { isRefused, isTaken, toCrossfoldError } from '../aws-errors.ts';
import type { ActivityDeps } from '../deps.ts';
import { teller, type Tell } from '../heartbeat.ts';
import { isHeld } from '../holds.ts';
import type { KeptOutcomes } from '../kept.ts';
import type { ObjectStore } from '../objects.ts';
import { DIGEST_TAG, digestOf } from './digest.ts';
import { lastLogLines } from './job-log.ts';
import { holds, keepResult } from './keep-result.ts';
import { failureOf, parseResult } from './outcome.ts';
import type { JobPort } from './port.ts';
import { processingPort } from './processing.ts';
import { Slots } from './slots.ts';
import { TokenBucket } from './token-bucket.ts';
import { trainingPort } from './training.ts';
import { tuningPort } from './tuning.ts';
import { JobWatcher } from './watcher.ts';

/** What a completed job gives its workflow. */
export interface JobOutcome<N extends ResultName> {
  readonly result: Result<N>;
  /** The job that found it: this one, or one of an earlier run. */
  readonly job: JobReference;
  /** Where that job's output is. */
  readonly output: string;
  /** When it was created, seconds since 1970; null where an earlier run's outcome was taken over. */
  readonly created: number | null;
  /** From its creation to its start on the machine, seconds; 0 where an earlier run's outcome was taken over. */
  readonly startup: number;
  /** From start to end on the machine, seconds; 0 where an earlier run's outcome was taken over. */
  readonly seconds: number;
  readonly reused: boolean;
}

/** A kind of job with all that serves it. */
interface JobService {
  readonly port: JobPort<JobSpec>;
  readonly watcher: JobWatcher;
}

/** What a log line says of the job that it is about. */
function placeOf({ run, step, name }: JobSpec): object {
  const [, fold] = /(?:^|\/)fold-(\d+)/.exec(step) ?? [];
  return { run, step, job: name, ...(fold !== undefined && { fold: Number(fold) }) };
}

/** How far apart looks at running jobs are where events tell of those that end, milliseconds: only what the events miss has to wait for one. */
const TOLD_ROUNDS_MS = 5000;

/** Describe calls that a stop of an unknown job makes before it believes that there is none. */
const LOOKS_FOR_UNKNOWN = 3;

/** The activities on jobs: run one to its end, and stop one. */
export function createJobActivities(deps: ActivityDeps, objects: ObjectStore, kept: KeptOutcomes): JobActivities {
  const slots = new Slots(deps.slots);
  deps.telemetry.watchSlots(slots);
  const bucket = new TokenBucket(deps.apiRate);
  const serviceOf = (port: JobPort<JobSpec>): JobService => ({
    port,
    watcher: new JobWatcher(port, bucket, deps.pollMs, new Date(), deps.wakeUps && TOLD_ROUNDS_MS),
  });
  const services: Record<JobKind, JobService> = {
    processing: serviceOf(forKind('processing', processingPort(deps.aws.sagemaker, objects))),
    training: serviceOf(forKind('training', trainingPort(deps.aws.sagemaker, objects))),
    tuning: serviceOf(forKind('tuning', tuningPort(deps.aws.sagemaker, objects))),
  };

  deps.wakeUps?.listen(({ kind, name }) => services[kind].watcher.wake(name));

  /** A log that cannot be read takes nothing from the failure that it would explain. */
  async function logOf({ kind, name }: JobReference): Promise<string[]> {
    try {
      return await lastLogLines(deps.aws.logs, { kind, name });
    } catch (error) {
      deps.logger.warn({ job: name, error: String(error) }, 'the log of a failed job could not be read');
      return [];
    }
  }

  /** Waits for a slot, without one while the run is held. A job that is there was started before: it has its turn. */
  async function turn(spec: JobSpec, port: JobPort<JobSpec>, tell: Tell): Promise<() => void> {
    for (;;) {
      tell({ job: spec.name, status: 'waiting for a slot' });
      const { cancellationSignal, cancelled } = Context.current();
      const release = await slots.acquire(cancellationSignal, placeIn(spec));
      try {
        const mayStart = !(await isHeld(objects, spec.hold)) || (await port.describe(spec.name)) !== undefined;
        // Cancelled meanwhile: a job that starts now might start after its stop.
        if (cancellationSignal.aborted) await cancelled;
        if (mayStart) return release;
      } catch (error) {
        release();
        throw error;
      }
      release();
      tell({ job: spec.name, status: 'held: the run is paused' });
      await Context.current().sleep(deps.pollMs);
    }
  }

  return {
    async runJob(spec) {
      const context = Context.current();
      const { port, watcher } = services[spec.kind];
      const known = await recall(kept, spec);
      if (known !== undefined) return known;
      const tell = teller();
      const release = await turn(spec, port, tell);
      try {
        const how = await startOrAdopt(port, spec);
        const named = placeOf(spec);
        deps.logger.info({ ...named, how }, 'job started');
        tell({ job: spec.name, status: how });
        const view = await watcher.wait(spec.name, context.cancellationSignal, ({ status, secondary }) => {
          tell({ job: spec.name, status, secondary });
        });
        deps.logger.info({ ...named, status: view.status }, 'job ended');
        const { run, step, kind: ended } = spec;
        const cost = costOf(view.seconds, priceOf(spec.machine));
        deps.telemetry.jobEnded({ ...view, ...{ run, step, kind: ended, name: spec.name, cost } });
        if (view.status !== 'Completed') throw failureOf(spec, view, await logOf(spec));
        const result = parseResult(spec, await port.readResult(spec));
        await keepResult(kept, spec, result, view);
        const { kind, name, output } = spec;
        const { startup, seconds } = view;
        const created = view.created === undefined ? null : view.created.getTime() / 1000;
        return { result, job: { kind, name }, output, created, startup, seconds, reused: false };
      } finally {
        release();
      }
    },

    async stopJob({ kind, name }) {
      const { port, watcher } = services[kind];
      const tell = teller();
      const view = await lookFor(port, name, deps.pollMs);
      if (view === undefined || hasEnded(view.status)) return;
      await port.stop(name).catch((error: unknown) => {
        // Refused: it ended by itself in the meantime. The wait below sees that.
        if (!isRefused(error)) throw toCrossfoldError(error, `stop job ${name}`);
      });
      await watcher.wait(name, Context.current().cancellationSignal, ({ status }) => tell({ job: name, status }));
    },
  };
}

export interface JobActivities {
  /**
   * Takes over what an earlier job of the same content found, where there is one. Else starts the job, or adopts the one
   * that a lost attempt started, waits until it has ended, reads its result, and keeps it.
   * It never stops a job: that is its workflow's to do.
   *
   * @throws JobFailed, JobInterrupted, JobStopped, JobNameTaken, ResultMissing, AccessDenied, RequestInvalid
   */
  runJob<N extends ResultName>(spec: JobSpec<N>): Promise<JobOutcome<N>>;
  /** Stops the job and waits until it has ended. A job that ended, or never was, is stopped already. */
  stopJob(job: JobReference): Promise<void>;
}

/** Narrows a port of one kind to the union of kinds, refusing a spec of another. */
function forKind<K extends JobKind>(kind: K, port: JobPort<Extract<JobSpec, { kind: K }>>): JobPort<JobSpec> {
  const own = (spec: JobSpec): Extract<JobSpec, { kind: K }> => {
    if (isKind(spec, kind)) return spec;
    throw new TypeError(`${spec.name} is a ${spec.kind} job, not a ${kind} job`);
  };
  return {
    ...port,
    request: (spec) => port.request(own(spec)),
    create: (spec, tags) => port.create(own(spec), tags),
    readResult: (spec) => port.readResult(own(spec)),
  };
}

function isKind<K extends JobKind>(spec: JobSpec, kind: K): spec is Extract<JobSpec, { kind: K }> {
  return spec.kind === kind;
}

async function recall<N extends ResultName>(kept: KeptOutcomes, spec: JobSpec<N>): Promise<JobOutcome<N> | undefined> {
  if (spec.keep.step === undefined) return undefined;
  const found = await kept.step(spec.home, spec.keep.step);
  if (found === undefined) return undefined;
  const result = parseResult(spec, JSON.stringify(found.result));
  if (!holds(result, spec.keep.where)) return undefined;
  return {
    result,
    job: { kind: found.kind, name: found.job },
    output: found.output,
    created: null,
    startup: 0,
    seconds: 0,
    reused: true,
  };
}

async function startOrAdopt(port: JobPort<JobSpec>, spec: JobSpec): Promise<'started' | 'adopted'> {
  const digest = digestOf(port.request(spec));
  try {
    // Not aborted by a cancel: a request whose answer is lost might still start a job.
    await port.create(spec, [
      { Key: RUN_TAG, Value: spec.run },
      { Key: 'crossfold:step', Value: spec.step },
      { Key: DIGEST_TAG, Value: digest },
    ]);
    return 'started';
  } catch (error) {
    if (!isTaken(error)) throw toCrossfoldError(error, `create ${spec.kind} job ${spec.name}`);
  }
  if ((await port.digest(spec.name)) === digest) return 'adopted';
  throw new CrossfoldError(
    'JobNameTaken',
    `${spec.step}: a job named ${spec.name} exists and was made from another request; start the run anew.`,
  );
}

async function lookFor(
  port: JobPort<JobSpec>,
  name: string,
  pauseMs: number,
): ReturnType<JobPort<JobSpec>['describe']> {
  for (let look = 1; ; look += 1) {
    const view = await port.describe(name);
    if (view !== undefined || look >= LOOKS_FOR_UNKNOWN) return view;
    await Context.current().sleep(pauseMs);
  }
}
