import type { Store } from '../store.ts';
import { isOver, type JobKind } from './kind.ts';
import type { JobRunner } from './runner.ts';

interface Queued {
  readonly kind: JobKind;
  readonly name: string;
}

/** Runs at most `size` jobs at once; the others wait in the order in which they came. */
export class Scheduler {
  readonly #size: number;
  readonly #runner: JobRunner;
  readonly #store: Store;
  readonly #waiting: Queued[] = [];
  readonly #running = new Map<string, { readonly queued: Queued; readonly over: Promise<void> }>();
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
      if (await this.#runner.isUnderWay(kind, name)) this.#run({ kind, name });
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
    if (this.#running.has(key(kind, name))) {
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
    await this.#running.get(key(kind, name))?.over;
    await this.#runner.forget(kind, name);
  }

  /** Takes the machine away under a job that runs; whether it runs. */
  interrupt(kind: JobKind, name: string): boolean {
    if (!this.#running.has(key(kind, name))) return false;
    void this.#runner.interrupt(kind, name);
    return true;
  }

  /** Ends every running job and starts no other; those that wait are found again at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#runner.close();
    this.#waiting.length = 0;
    const running = [...this.#running.values()];
    for (const { queued } of running) void this.#runner.stop(queued.kind, queued.name);
    await Promise.all(running.map(({ over }) => over));
  }

  #fill(): void {
    while (!this.#closed && this.#running.size < this.#size) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#run(next);
    }
  }

  #run(queued: Queued): void {
    const { kind, name } = queued;
    const over = this.#runner.run(kind, name).finally(() => {
      this.#running.delete(key(kind, name));
      this.#fill();
    });
    this.#running.set(key(kind, name), { queued, over });
  }
}

function key(kind: JobKind, name: string): string {
  return `${kind.kind}/${name}`;
}
