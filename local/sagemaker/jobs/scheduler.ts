import type { Store } from '../store.ts';
import { isOver, type JobKind } from './kind.ts';
import type { Gate, JobRunner } from './runner.ts';

interface Queued {
  readonly kind: JobKind;
  readonly name: string;
}

/** A job that is under way: from its inputs to what it leaves. */
interface UnderWay extends Queued {
  readonly over: Promise<void>;
  /** Calls off its wait for a slot. */
  readonly callOff: () => void;
}

/**
 * Has the processes of at most `size` jobs at once; the others wait in the order in which they came. So that no slot is
 * idle meanwhile, the next `size` jobs fetch their inputs already, and jobs keep what they leave after their slot is free.
 */
export class Scheduler {
  readonly #size: number;
  readonly #runner: JobRunner;
  readonly #store: Store;
  readonly #waiting: Queued[] = [];
  readonly #underWay = new Map<string, UnderWay>();
  /** Jobs that have their inputs, and wait for a slot. */
  readonly #prepared: ((free: boolean) => void)[] = [];
  #preparing = 0;
  #running = 0;
  #closed = false;

  constructor(size: number, runner: JobRunner, store: Store) {
    this.#size = size;
    this.#runner = runner;
    this.#store = store;
  }

  /** Takes up every job that is not over: those whose process was started first, for they run already. */
  async resume(kinds: readonly JobKind[]): Promise<void> {
    const open = kinds
      .flatMap((kind) => this.#store.all(kind.kind).map((job) => ({ kind, job })))
      .filter(({ job }) => !isOver(job.status))
      .sort((a, b) => a.job.id - b.job.id);
    for (const { kind, job } of open) {
      const { name } = job;
      if (await this.#runner.isUnderWay(kind, name)) this.#run({ kind, name }, true);
      else this.#waiting.push({ kind, name });
    }
    this.#fill();
  }

  add(kind: JobKind, name: string): void {
    this.#waiting.push({ kind, name });
    this.#fill();
  }

  /** Stops a job: one that waits does not start any more, one that runs is ended. The store says `Stopping` already. */
  stop(kind: JobKind, name: string): void {
    const underWay = this.#underWay.get(key(kind, name));
    if (underWay !== undefined) {
      underWay.callOff();
      void this.#runner.stop(kind, name);
      return;
    }
    const index = this.#waiting.findIndex((queued) => queued.kind === kind && queued.name === name);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    const now = Date.now();
    const job = this.#store.get(kind.kind, name);
    if (job !== undefined)
      this.#store.change(kind.kind, name, { status: 'Stopped', state: kind.stoppedUnstarted(job, now) });
  }

  /** Deletes what is left of a job that is over. */
  async forget(kind: JobKind, name: string): Promise<void> {
    await this.#underWay.get(key(kind, name))?.over;
    await this.#runner.forget(kind, name);
  }

  /** Takes the machine away under a job that runs; whether it runs. */
  interrupt(kind: JobKind, name: string): boolean {
    if (!this.#underWay.has(key(kind, name))) return false;
    void this.#runner.interrupt(kind, name);
    return true;
  }

  /** Ends every running job and starts no other; those that wait are found again at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#runner.close();
    this.#waiting.length = 0;
    const underWay = [...this.#underWay.values()];
    for (const { kind, name, callOff } of underWay) {
      callOff();
      void this.#runner.stop(kind, name);
    }
    await Promise.all(underWay.map(({ over }) => over));
  }

  #fill(): void {
    while (this.#running < this.#size) {
      const next = this.#prepared.shift();
      if (next === undefined) break;
      next(true);
    }
    while (!this.#closed && this.#preparing < this.#size) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#run(next, false);
    }
  }

  /** @param runs whether the job's process is there already, and has its slot whatever else runs */
  #run(queued: Queued, runs: boolean): void {
    const { kind, name } = queued;
    let place: 'preparing' | 'running' | 'neither' = runs ? 'running' : 'preparing';
    let waiting: ((free: boolean) => void) | undefined;
    let calledOff = false;
    const move = (to: typeof place): void => {
      if (place === 'preparing') this.#preparing -= 1;
      if (place === 'running') this.#running -= 1;
      if (to === 'preparing') this.#preparing += 1;
      if (to === 'running') this.#running += 1;
      place = to;
    };
    const gate: Gate = {
      enter: () =>
        new Promise((resolve) => {
          if (place === 'neither') move('preparing');
          waiting = (free) => {
            waiting = undefined;
            if (free) move('running');
            resolve(free);
          };
          if (calledOff) {
            waiting(false);
            return;
          }
          this.#prepared.push(waiting);
          this.#fill();
        }),
      leave: () => {
        move('neither');
        this.#fill();
      },
    };
    const callOff = (): void => {
      calledOff = true;
      if (waiting === undefined) return;
      this.#prepared.splice(this.#prepared.indexOf(waiting), 1);
      waiting(false);
    };
    if (runs) this.#running += 1;
    else this.#preparing += 1;
    const over = this.#runner.run(kind, name, gate).finally(() => {
      move('neither');
      this.#underWay.delete(key(kind, name));
      this.#fill();
    });
    this.#underWay.set(key(kind, name), { ...queued, over, callOff });
  }
}

function key(kind: JobKind, name: string): string {
  return `${kind.kind}/${name}`;
}
