import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../config/logger.ts';
import { ServiceError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { Resource, Store } from '../store.ts';
import type { ForkServer } from './fork-server.ts';
import { InputError, type InputFetcher } from './input.ts';
import { isOver, type Ending, type JobKind, type JobPlace, type Phase } from './kind.ts';
import { logTail, processFiles, stopGroup, waitForExit, wasStarted, type Exit, type ProcessFiles } from './process.ts';

/** What runs jobs. */
export interface RunnerParts {
  readonly store: Store;
  readonly forkServer: ForkServer;
  readonly inputs: InputFetcher;
  readonly logger: Logger;
  /** The folder of the jobs' folders. */
  readonly folder: string;
  /** Whether jobs see a literal /opt/ml. */
  readonly mounts: boolean;
  readonly stopGraceMs: number;
}

/** SageMaker's class for what is not the job's fault; whoever made the job may make it again. */
const OURS = 'InternalServerError';

/**
 * Takes one job from its request to its end. Everything that must be known after a `kill -9` is in the store or in the
 * job's folder before the next step begins, so that `run` may be called again on a job at any point of its way.
 */
export class JobRunner {
  readonly #parts: RunnerParts;
  #closing = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Runs the job, or goes on where it was. Never rejects: whatever happens is the job's status. */
  async run(kind: JobKind, name: string): Promise<void> {
    const place = this.#place(kind, name);
    let ending: Ending;
    try {
      ending = await this.#process(kind, name, place);
    } catch (error) {
      ending = { kind: 'failed', reason: reasonOf(error), time: Date.now() };
    }
    await this.#end(kind, name, place, ending);
  }

  /** Whether the job's process was started, so that it needs no slot to go on. */
  async isUnderWay(kind: JobKind, name: string): Promise<boolean> {
    return await wasStarted(this.#files(kind, name));
  }

  /** Asks the job's process to end, and makes it. */
  async stop(kind: JobKind, name: string): Promise<void> {
    await stopGroup(this.#files(kind, name), this.#parts.stopGraceMs);
  }

  /** From now on a process that ends was ended by us. */
  close(): void {
    this.#closing = true;
  }

  async #process(kind: JobKind, name: string, place: JobPlace): Promise<Ending> {
    const files = this.#files(kind, name);
    if (!(await wasStarted(files))) {
      const stopped = await this.#start(kind, name, place, files);
      if (stopped !== undefined) return stopped;
    }
    const { job, timer } = this.#watchRuntime(kind, name);
    // A stop that was asked for while nobody was there to send the signal.
    if (job.status === 'Stopping') void this.stop(kind, name);
    const exit = await waitForExit(files);
    clearTimeout(timer);
    return await this.#endingOf(kind, this.#job(kind, name), place, files, exit);
  }

  async #start(kind: JobKind, name: string, place: JobPlace, files: ProcessFiles): Promise<Ending | undefined> {
    this.#enter(kind, name, 'downloading');
    await rm(join(place.ml, '..'), { recursive: true, force: true });
    await mkdir(place.ml, { recursive: true, mode: 0o700 });
    const job = this.#job(kind, name);
    await Promise.all(kind.inputs(job, place.ml).map((input) => this.#parts.inputs.fetch(input)));
    await kind.prepare(job, place);
    const launch = await kind.launch(job, place);
    if (this.#job(kind, name).status === 'Stopping') return { kind: 'stopped', reason: '', time: Date.now() };
    if (this.#closing) throw new Error('the endpoint was stopped before the job ran');
    this.#enter(kind, name, 'running');
    const optMl = place.base === '/opt/ml' ? place.ml : null;
    await this.#parts.forkServer.launch({ ...launch, files, cwd: place.ml, optMl });
    return undefined;
  }

  /** Ends the process when its time is over. */
  #watchRuntime(kind: JobKind, name: string): { job: Resource; timer: NodeJS.Timeout } {
    const job = this.#job(kind, name);
    const end = Number(job.state['RunStart'] ?? Date.now()) + kind.maxRuntime(job) * 1000;
    const timeOut = (): void => {
      const left = end - Date.now();
      if (left > 0) {
        timer = setTimeout(timeOut, Math.min(left, MAX_TIMER_MS));
        return;
      }
      this.#parts.store.change(kind.kind, name, { state: { StopCause: 'MaxRuntimeExceeded' } });
      void this.stop(kind, name);
    };
    let timer = setTimeout(timeOut, Math.min(Math.max(0, end - Date.now()), MAX_TIMER_MS));
    return {
      job,
      get timer() {
        return timer;
      },
    };
  }

  async #endingOf(
    kind: JobKind,
    job: Resource,
    { ml }: JobPlace,
    files: ProcessFiles,
    exit: Exit | undefined,
  ): Promise<Ending> {
    const time = Date.now();
    if (exit?.code === 0)
      return { kind: job.status === 'Stopping' || timedOut(job) ? 'stopped' : 'completed', reason: '', time };
    if (job.status === 'Stopping' || timedOut(job)) return { kind: 'stopped', reason: '', time };
    if (this.#closing) return { kind: 'failed', reason: `${OURS}: the endpoint was stopped while the job ran.`, time };
    if (exit === undefined) {
      return { kind: 'failed', reason: `${OURS}: the job's process is gone, and nobody saw how it ended.`, time };
    }
    const how = exit.signal === null ? `exit code: ${String(exit.code)}` : `killed by signal ${exit.signal}`;
    const words = (await kind.ownReason(ml)) ?? (await logTail(files, 1));
    return {
      kind: 'failed',
      reason: `AlgorithmError: ${words === '' ? 'the log is empty' : words}, ${how}`.slice(0, 1024),
      time,
    };
  }

  async #end(kind: JobKind, name: string, place: JobPlace, ending: Ending): Promise<void> {
    const { store, logger } = this.#parts;
    try {
      await mkdir(place.ml, { recursive: true });
      if (ending.kind === 'completed') this.#enter(kind, name, 'uploading');
      store.change(kind.kind, name, await kind.finish(this.#job(kind, name), place, ending));
    } catch (error) {
      logger.error({ job: name, error: String(error) }, 'what a job left could not be kept');
      const state: Record<string, Json> = { FailureReason: reasonOf(error) };
      store.change(kind.kind, name, { status: 'Failed', state });
    }
    logger.info({ job: name, status: this.#job(kind, name).status, reason: ending.reason }, 'job ended');
    // The log stays, for whoever asks why; the data does not.
    await rm(place.ml, { recursive: true, force: true }).catch((error: unknown) => {
      logger.warn({ job: name, error: String(error) }, "a job's folder could not be deleted");
    });
  }

  #enter(kind: JobKind, name: string, phase: Phase): void {
    const job = this.#job(kind, name);
    const now = Date.now();
    const run = phase === 'running' ? { RunStart: now } : {};
    if (!isOver(job.status))
      this.#parts.store.change(kind.kind, name, { state: { ...run, ...kind.phase(job, phase, now) } });
  }

  #job(kind: JobKind, name: string): Resource {
    const job = this.#parts.store.get(kind.kind, name);
    if (job === undefined) throw new Error(`${kind.kind} ${name} is not in the store`);
    return job;
  }

  #place(kind: JobKind, name: string): JobPlace {
    const folder = join(this.#parts.folder, kind.kind, name);
    const ml = join(folder, 'ml');
    return { ml, base: this.#parts.mounts ? '/opt/ml' : ml, log: processFiles(folder).log };
  }

  #files(kind: JobKind, name: string): ProcessFiles {
    return processFiles(join(this.#parts.folder, kind.kind, name));
  }
}

/** Longer timers overflow and fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function timedOut(job: Resource): boolean {
  return job.state['StopCause'] === 'MaxRuntimeExceeded';
}

/** What to say of an error on a job's way: whose fault it was decides the class. */
function reasonOf(error: unknown): string {
  if (error instanceof InputError) return `ClientError: Data download failed: ${error.message}`;
  if (error instanceof ServiceError) return `ClientError: ${error.message}`;
  return `${OURS}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1024);
}
