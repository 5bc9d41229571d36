import { setTimeout as sleep } from 'node:timers/promises';
import { CrossfoldError } from '../../core/errors.ts';
import { hasEnded } from '../../core/jobs.ts';
import { pauseBetweenLooks } from '../../core/pace.ts';
import { toCrossfoldError } from '../aws-errors.ts';
import type { JobSummary, JobView } from './port.ts';
import type { TokenBucket } from './token-bucket.ts';

/** The two verbs that watching needs. */
export interface Watched {
  describe(name: string): Promise<JobView | undefined>;
  list(since: Date): AsyncIterable<JobSummary>;
}

interface Waiter {
  readonly name: string;
  readonly end: (view: JobView) => void;
  readonly fail: (error: Error) => void;
  readonly changed: (view: JobView) => void;
  /** When the waiting began, by a clock that only goes forward, milliseconds. */
  readonly since: number;
  /** Rounds until the job is described even though no list named it. */
  patience: number;
  /** Times in a row that SageMaker did not know the job. */
  missed: number;
}

/** Lists reach back this far, milliseconds: the clock of AWS and ours differ, and lists lag behind. */
const OVERLAP_MS = 60_000;
/** A job that no list has named for this many rounds is described all the same. */
const ROUNDS_UNSEEN = 20;
/** A job just made may not be found yet; one that is not found this often is gone. */
const MISSES_ALLOWED = 10;
/** What a round takes here and, where SageMaker is on the same machine, there: milliseconds of a core, which jobs then lack. */
const ROUND_MS = 8;
/** The longest pause after failed rounds, milliseconds. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * One watcher for all the jobs of a kind that this worker waits for: it lists what changed, under a shared bound on the
 * rate of calls, and describes only those; so calls grow with time and not with jobs.
 */
export class JobWatcher {
  readonly #port: Watched;
  readonly #bucket: TokenBucket;
  readonly #pollMs: number;
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #seen = new Map<string, number>();
  readonly #toldMs: number | undefined;
  /** Jobs to look at before the next round. */
  readonly #woken = new Set<string>();
  #since: Date;
  #running = false;
  #wake: (() => void) | undefined;

  /**
   * @param toldMs how far apart rounds are, milliseconds, where events tell of the jobs that end: `wake` is called for each, but for some
   * that are lost
   */
  constructor(port: Watched, bucket: TokenBucket, pollMs: number, now: Date, toldMs?: number) {
    this.#toldMs = toldMs;
    this.#port = port;
    this.#bucket = bucket;
    this.#pollMs = pollMs;
    this.#since = now;
  }

  /**
   * Waits until the job has ended.
   *
   * @param changed told each time that the job's status was looked at
   * @throws the signal's reason; CrossfoldError AccessDenied; CrossfoldError JobFailed when the job is gone
   */
  async wait(name: string, signal: AbortSignal, changed: (view: JobView) => void): Promise<JobView> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = withResolvers<JobView>();
    const since = performance.now();
    const waiter: Waiter = { name, end: resolve, fail: reject, changed, since, patience: 0, missed: 0 };
    const aborted = (): void =>
      reject(signal.reason instanceof Error ? signal.reason : new Error('waiting was aborted'));
    signal.addEventListener('abort', aborted, { once: true });
    const others = this.#waiters.get(name) ?? new Set();
    this.#waiters.set(name, others.add(waiter));
    // It may have ended before anyone waited for it.
    if (this.#toldMs !== undefined) this.wake(name);
    this.#start();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', aborted);
      others.delete(waiter);
      if (others.size === 0 && this.#waiters.get(name) === others) {
        this.#waiters.delete(name);
        this.#seen.delete(name);
        if (this.#waiters.size === 0) this.#wake?.();
      }
    }
  }

  /** Looks at a job at once: what an event from outside calls. */
  wake(name: string): void {
    if (!this.#waiters.has(name)) return;
    this.#woken.add(name);
    this.#wake?.();
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#waiters.size > 0) {
      failures = (await this.#succeeds(() => this.#round())) ? 0 : failures + 1;
      await (failures === 0 ? this.#rest() : this.#pause(Math.min(this.#pollMs * 2 ** failures, LONGEST_PAUSE_MS)));
    }
    this.#running = false;
  }

  async #succeeds(look: () => Promise<void>): Promise<boolean> {
    try {
      await look();
      return true;
    } catch (error) {
      const named = toCrossfoldError(error, 'look at the running jobs');
      if (named instanceof CrossfoldError && named.code === 'AccessDenied') this.#failAll(named);
      // Anything else passes: the jobs run on, and whoever waits is told by its heartbeat that nothing was seen.
      return false;
    }
  }

  /**
   * Until the next round is due. Without events in steps: a job that comes meanwhile, and may be short, brings it forward. Jobs that events
   * tell of are looked at in between; where that fails, the next round comes at once.
   */
  async #rest(): Promise<void> {
    const began = performance.now();
    const left = (): number => restMs(this.#waited(), this.#toldMs) - (performance.now() - began);
    do {
      if (this.#woken.size === 0) await this.#pause(this.#toldMs === undefined ? this.#pollMs : Math.max(0, left()));
      if (!(await this.#succeeds(() => this.#lookAt([...this.#woken])))) return;
    } while (this.#waiters.size > 0 && left() > 0);
  }

  #waited(): number[] {
    return [...this.#waiters.values()].flatMap((set) => [...set].map(({ since }) => performance.now() - since));
  }

  /** For this long, or until an event tells of a job. */
  async #pause(ms: number): Promise<void> {
    const waking = new AbortController();
    this.#wake = () => waking.abort();
    await sleep(ms, undefined, { signal: waking.signal }).catch(() => undefined);
    this.#wake = undefined;
  }

  async #round(): Promise<void> {
    await this.#lookAt(await this.#due());
  }

  async #lookAt(names: Iterable<string>): Promise<void> {
    for (const name of names) {
      this.#woken.delete(name);
      if (!this.#waiters.has(name)) continue;
      await this.#bucket.take();
      this.#tell(name, await this.#port.describe(name));
    }
  }

  /** The waited-for jobs that a list shows as changed, and those that no list has named for long. */
  async #due(): Promise<Set<string>> {
    const due = new Set<string>();
    await this.#bucket.take();
    let latest = this.#since;
    for await (const job of this.#port.list(new Date(this.#since.getTime() - OVERLAP_MS))) {
      if (job.modified > latest) latest = job.modified;
      const modified = job.modified.getTime();
      if (!this.#waiters.has(job.name) || (this.#seen.get(job.name) === modified && !hasEnded(job.status))) continue;
      this.#seen.set(job.name, modified);
      due.add(job.name);
    }
    this.#since = latest;
    for (const [name, waiters] of this.#waiters) {
      for (const waiter of waiters) {
        if (waiter.patience <= 0) due.add(name);
        waiter.patience = due.has(name) ? ROUNDS_UNSEEN : waiter.patience - 1;
      }
    }
    return due;
  }

  #tell(name: string, view: JobView | undefined): void {
    for (const waiter of this.#waiters.get(name) ?? []) {
      if (view === undefined) {
        waiter.missed += 1;
        waiter.patience = 1;
        if (waiter.missed <= MISSES_ALLOWED) continue;
        waiter.fail(
          new CrossfoldError(
            'JobFailed',
            `job ${name} is gone from SageMaker: it was deleted while it was waited for.`,
          ),
        );
      } else if (hasEnded(view.status)) {
        waiter.end(view);
      } else {
        waiter.missed = 0;
        waiter.changed(view);
      }
    }
  }

  #failAll(error: Error): void {
    for (const waiter of [...this.#waiters.values()].flatMap((set) => [...set])) waiter.fail(error);
  }
}

/**
 * How far apart rounds may be, milliseconds: as far as looks at the newest job; where events tell of those that end, always `toldMs`.
 *
 * @param waited for how long each job has been waited for, milliseconds
 */
export function restMs(waited: readonly number[], toldMs?: number): number {
  if (waited.length === 0) return 0;
  return toldMs ?? pauseBetweenLooks(Math.min(...waited), ROUND_MS);
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
