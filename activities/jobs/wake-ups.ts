import type { JobReference } from '../../core/jobs.ts';

/** Where events from outside tell of jobs that have ended, for those who wait for them. */
export class WakeUps {
  readonly #listeners: ((job: JobReference) => void)[] = [];

  listen(listener: (job: JobReference) => void): void {
    this.#listeners.push(listener);
  }

  wake(job: JobReference): void {
    for (const listener of this.#listeners) listener(job);
  }
}
