import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../config/logger.ts';
import { ServiceError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { Resource, Store } from '../store.ts';
import type { ForkServer } from './fork-server.ts';
import { InputError, type InputFetcher } from './input.ts';
import { AlgorithmError, isOver, OURS, type Ending, type JobKind, type JobPlace, type Phase } from './kind.ts';
import { CapacityError, type Weather } from '../weather/weather.ts';
import {
  logTail,
  processFiles,
  signalGroup,
  stopGroup,
  waitForExit,
  wasStarted,
  type Exit,
  type ProcessFiles,
} from './process.ts';

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
  readonly weather: Weather;
}

/** A slot for the process of a job. */
export interface Gate {
  /** Waits for a slot; false where the wait was called off. */
  enter(): Promise<boolean>;
  /** Gives the slot back. */
  leave(): void;
}

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
  async run(kind: JobKind, name: string, gate: Gate): Promise<void> {
    const place = this.#place(kind, name);
    for (;;) {
      const ending = await this.#attempt(kind, name, place, gate).catch((error: unknown): Ending => ({
        kind: 'failed',
        reason: reasonOf(error),
        time: Date.now(),
      }));
      if (ending === undefined) return;
      const job = this.#job(kind, name);
      const next = this.#closing || job.status === 'Stopping' ? undefined : kind.again(job, ending);
      if (next === undefined) {
        await this.#end(kind, name, place, ending);
        return;
      }
      this.#parts.logger.info({ job: name, reason: ending.reason, how: ending.kind }, 'job starts again');
      const state = { ...next, Attempt: attemptOf(job) + 1, Interrupted: false, IdleSince: Date.now() };
      this.#parts.store.change(kind.kind, name, { state });
    }
  }

  /** Whether the job's process was started, so that it needs no slot to go on. */
  async isUnderWay(kind: JobKind, name: string): Promise<boolean> {
    return await wasStarted(this.#files(kind, name));
  }

  /** Asks the job's process to end, and makes it. */
  async stop(kind: JobKind, name: string): Promise<void> {
    await stopGroup(this.#files(kind, name), this.#parts.stopGraceMs);
  }

  /** Takes the machine away under a job that runs, as AWS does with a spot instance. */
  async interrupt(kind: JobKind, name: string): Promise<void> {
    this.#parts.store.change(kind.kind, name, { state: { Interrupted: true } });
    await this.stop(kind, name);
  }

  /** Deletes the folder of a job that is over. */
  async forget(kind: JobKind, name: string): Promise<void> {
    await rm(join(this.#parts.folder, kind.kind, name), { recursive: true, force: true });
  }

  /** From now on a process that ends was ended by us. */
  close(): void {
    this.#closing = true;
  }

  /** Starts a process and sees it through; undefined where the endpoint ends before there is one: it waits for the next. */
  async #attempt(kind: JobKind, name: string, place: JobPlace, gate: Gate): Promise<Ending | undefined> {
    const files = this.#files(kind, name);
    if (!(await wasStarted(files))) {
      const launch = await this.#prepare(kind, name, place);
      await gate.enter();
      if (this.#job(kind, name).status === 'Stopping') return { kind: 'stopped', reason: '', time: Date.now() };
      if (this.#closing) return undefined;
      this.#enter(kind, name, 'running');
      const optMl = place.base === '/opt/ml' ? place.ml : null;
      await this.#parts.forkServer.launch({ cwd: place.base, ...launch, files, optMl });
    }
    const leave = kind.accompany(this.#job(kind, name), place);
    const unwatch = this.#watchDeadline(kind, name);
    const clear = this.#exposeTo(kind, name, files);
    // A stop that was asked for while nobody was there to send the signal.
    const { status, state } = this.#job(kind, name);
    if (status === 'Stopping' || state['Interrupted'] === true) void this.stop(kind, name);
    const exit = await waitForExit(files);
    gate.leave();
    unwatch();
    clear();
    await leave();
    return await this.#endingOf(kind, this.#job(kind, name), place, files, exit);
  }

  async #prepare(kind: JobKind, name: string, place: JobPlace): ReturnType<JobKind['launch']> {
    await this.#parts.weather.startMachine(this.#job(kind, name));
    this.#enter(kind, name, 'downloading');
    await rm(place.ml, { recursive: true, force: true });
    await mkdir(place.ml, { recursive: true, mode: 0o700 });
    const job = this.#job(kind, name);
    await Promise.all(kind.inputs(job, place.ml).map((input) => this.#parts.inputs.fetch(input)));
    await kind.prepare(job, place);
    return await kind.launch(job, place);
  }

  /** Ends the process when its time is over; the answer ends the watch. */
  #watchDeadline(kind: JobKind, name: string): () => void {
    const job = this.#job(kind, name);
    const { time, cause } = kind.deadline(job, Number(job.state['RunStart'] ?? Date.now()));
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      const left = time - Date.now();
      if (left > 0) {
        timer = setTimeout(look, Math.min(left, MAX_TIMER_MS));
        return;
      }
      this.#parts.store.change(kind.kind, name, { state: { StopCause: cause } });
      void this.stop(kind, name);
    };
    look();
    return () => {
      clearTimeout(timer);
    };
  }

  /** What the weather does to a job that runs; the answer ends it. */
  #exposeTo(kind: JobKind, name: string, files: ProcessFiles): () => void {
    const { weather } = this.#parts;
    if (weather.runsOutOfMemory()) {
      this.#parts.store.change(kind.kind, name, { state: { OutOfMemory: true } });
      void signalGroup(files, 'SIGKILL');
    }
    const after = weather.interruption(this.#job(kind, name));
    if (after === undefined) return () => undefined;
    const timer = setTimeout(() => void this.interrupt(kind, name), after);
    return () => {
      clearTimeout(timer);
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
    if (job.status === 'Stopping' || timedOut(job)) return { kind: 'stopped', reason: '', time };
    if (job.state['Interrupted'] === true) return { kind: 'interrupted', reason: '', time };
    if (exit?.code === 0) return { kind: 'completed', reason: '', time };
    if (this.#closing) return { kind: 'failed', reason: `${OURS}: the endpoint was stopped while the job ran.`, time };
    if (exit === undefined) {
      return { kind: 'failed', reason: `${OURS}: the job's process is gone, and nobody saw how it ended.`, time };
    }
    if (job.state['OutOfMemory'] === true) {
      return {
        kind: 'failed',
        reason: 'AlgorithmError: OutOfMemory: Please use an instance type with more memory',
        time,
      };
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
      if (ending.kind === 'interrupted') {
        store.change(kind.kind, name, { state: { StopCause: 'MaxWaitTimeExceeded' } });
      }
      const how: Ending['kind'] = ending.kind === 'interrupted' ? 'stopped' : ending.kind;
      store.change(kind.kind, name, await kind.finish(this.#job(kind, name), place, { ...ending, kind: how }));
    } catch (error) {
      logger.error({ job: name, error: String(error) }, 'what a job left could not be kept');
      store.change(kind.kind, name, { status: 'Failed', state: { FailureReason: reasonOf(error) } });
    }
    logger.info({ job: name, status: this.#job(kind, name).status, reason: ending.reason }, 'job ended');
    // The log stays, for whoever asks why; the data does not.
    await rm(place.ml, { recursive: true, force: true }).catch((error: unknown) => {
      logger.warn({ job: name, error: String(error) }, "a job's folder could not be deleted");
    });
  }

  #enter(kind: JobKind, name: string, phase: Phase): void {
    const job = this.#job(kind, name);
    if (isOver(job.status)) return;
    const now = Date.now();
    const run = phase === 'running' ? runStarted(job, now) : {};
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
    return processFiles(join(this.#parts.folder, kind.kind, name), attemptOf(this.#job(kind, name)));
  }
}

/** Longer timers overflow and fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Which of a job's processes is the present one, counted from 1. */
function attemptOf(job: Resource): number {
  return Number(job.state['Attempt'] ?? 1);
}

/** The first process of a job begins its time; what later ones were waited for is not billed. */
function runStarted(job: Resource, now: number): JsonObject {
  const since = job.state['IdleSince'];
  const idle = typeof since === 'number' ? now - since : 0;
  return { RunStart: job.state['RunStart'] ?? now, IdleMs: Number(job.state['IdleMs'] ?? 0) + idle };
}

function timedOut(job: Resource): boolean {
  return typeof job.state['StopCause'] === 'string';
}

/** What to say of an error on a job's way: whose fault it was decides the class. */
function reasonOf(error: unknown): string {
  if (error instanceof CapacityError) return `CapacityError: ${error.message}`;
  if (error instanceof InputError) return `ClientError: Data download failed: ${error.message}`;
  if (error instanceof ServiceError) return `ClientError: ${error.message}`;
  if (error instanceof AlgorithmError) return `AlgorithmError: ${error.message}`.slice(0, 1024);
  return `${OURS}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1024);
}
