import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../../config/logger.ts';
import { isOver } from '../jobs/kind.ts';
import type { TrainingJobs } from '../operations/training-jobs.ts';
import type { Store } from '../store.ts';
import { planOf } from './plan.ts';
import { tunedJobs } from './results.ts';
import { TuningRun } from './tuning-run.ts';

const KIND = 'hyper-parameter-tuning-job';
/** How often to look at a tuning job's training jobs, milliseconds. */
const LOOK_MS = 50;

export interface TunerParts {
  readonly store: Store;
  readonly trainings: TrainingJobs;
  /** The path of a training job's log. */
  readonly logOf: (training: string) => string;
  readonly python: string;
  readonly logger: Logger;
  readonly inherited: Readonly<Record<string, string>>;
}

/** Runs tuning jobs: proposals by Optuna, each a training job, so many at once as the request allows. */
export class Tuner {
  readonly #parts: TunerParts;
  #closed = false;

  constructor(parts: TunerParts) {
    this.#parts = parts;
  }

  start(name: string): void {
    this.#run(name).catch((error: unknown) => {
      if (this.#closed) return;
      this.#parts.logger.error({ tuningJob: name, error: String(error) }, 'a tuning job failed');
      this.#stopTrainings(name);
      const state = {
        FailureReason: error instanceof Error ? error.message : String(error),
        HyperParameterTuningEndTime: Date.now() / 1000,
      };
      this.#parts.store.change(KIND, name, { status: 'Failed', state });
    });
  }

  /** Stops the tuning job's training jobs; no other is started. */
  stop(name: string): void {
    this.#parts.store.change(KIND, name, { status: 'Stopping' });
    this.#stopTrainings(name);
  }

  /** Goes on with every tuning job that was under way. */
  resume(): void {
    for (const { name, status } of this.#parts.store.all(KIND)) if (!isOver(status)) this.start(name);
  }

  close(): void {
    this.#closed = true;
  }

  async #run(name: string): Promise<void> {
    const tuning = this.#parts.store.get(KIND, name);
    if (tuning === undefined) return;
    const run = await TuningRun.open(this.#parts, tuning);
    try {
      while (!this.#closed && !(await run.step())) await sleep(LOOK_MS);
    } finally {
      run.close();
    }
  }

  #stopTrainings(name: string): void {
    const tuning = this.#parts.store.get(KIND, name);
    if (tuning === undefined) return;
    for (const { job } of tunedJobs(this.#parts.store, tuning, planOf(tuning.request)))
      this.#parts.trainings.stop(job.name);
  }
}
