import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Logger } from '../../../config/logger.ts';
import { isOver } from '../jobs/kind.ts';
import type { Json, JsonObject } from '../json.ts';
import type { TrainingJobs } from '../operations/training-jobs.ts';
import type { Resource, Store } from '../store.ts';
import { trainingOf } from './definition.ts';
import { Sampler } from './sampler.ts';

const KIND = 'hyper-parameter-tuning-job';
/** How often to look at a tuning job's training jobs, milliseconds. */
const LOOK_MS = 50;

const metrics = z.array(z.object({ MetricName: z.string(), Value: z.number() })).default([]);

/** What of a tuning job's request decides how it runs; refuses what cannot run here. */
export const tuningRequest = z.object({
  HyperParameterTuningJobConfig: z.object({
    Strategy: z.enum(['Random', 'Grid', 'Bayesian']),
    HyperParameterTuningJobObjective: z.object({ Type: z.enum(['Maximize', 'Minimize']), MetricName: z.string() }),
    ResourceLimits: z.object({ MaxNumberOfTrainingJobs: z.number().optional(), MaxParallelTrainingJobs: z.number() }),
    ParameterRanges: z.record(z.string(), z.unknown()).default({}),
    RandomSeed: z.number().optional(),
    TrainingJobEarlyStoppingType: z.literal('Off').default('Off'),
  }),
  TrainingJobDefinition: z.looseObject({ StaticHyperParameters: z.record(z.string(), z.string()).default({}) }),
  WarmStartConfig: z.undefined().optional(),
  TrainingJobDefinitions: z.undefined().optional(),
  Autotune: z.undefined().optional(),
});

export interface TunerParts {
  readonly store: Store;
  readonly region: string;
  readonly trainings: TrainingJobs;
  readonly python: string;
  readonly logger: Logger;
  readonly inherited: Readonly<Record<string, string>>;
}

/** A training job of a tuning job, with its objective where it has one. */
export interface TunedJob {
  readonly job: Resource;
  readonly trial: number;
  readonly value: number | undefined;
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
    for (const { job } of this.trainingJobs(name)) {
      if (isOver(job.status) || job.status === 'Stopping') continue;
      void this.#parts.trainings.operations['StopTrainingJob']?.({ TrainingJobName: job.name });
    }
  }

  /** Goes on with every tuning job that was under way. */
  resume(): void {
    for (const { name, status } of this.#parts.store.all(KIND)) if (!isOver(status)) this.start(name);
  }

  close(): void {
    this.#closed = true;
  }

  /** The training jobs of a tuning job, in the order in which they were made. */
  trainingJobs(name: string): TunedJob[] {
    const found = this.#parts.store.get(KIND, name);
    if (found === undefined) return [];
    const { MetricName } = tuningRequest.parse(found.request).HyperParameterTuningJobConfig
      .HyperParameterTuningJobObjective;
    return this.#parts.store.find('training-job', { member: { tuningJob: found.arn } }).map((job) => ({
      job,
      trial: z.number().parse(job.state['TuningTrial']),
      value: metrics.parse(job.state['FinalMetricDataList']).find((metric) => metric.MetricName === MetricName)?.Value,
    }));
  }

  async #run(name: string): Promise<void> {
    const tuning = this.#require(name);
    const { HyperParameterTuningJobConfig: config } = tuningRequest.parse(tuning.request);
    const { MaxNumberOfTrainingJobs = Infinity, MaxParallelTrainingJobs } = config.ResourceLimits;
    const sampler = await Sampler.open(this.#parts.python, this.#parts.inherited, {
      strategy: config.Strategy,
      seed: config.RandomSeed ?? null,
      goal: config.HyperParameterTuningJobObjective.Type,
      ranges: jsonOf(config.ParameterRanges),
    });
    try {
      // Jobs from before a restart were proposed by the same sequence: asked for again, they keep their numbers.
      for (let made = this.trainingJobs(name).length; made > 0; made -= 1) await sampler.ask();
      const told = new Set<number>();
      let exhausted = false;
      while (!this.#closed) {
        const jobs = this.trainingJobs(name);
        for (const { job, trial, value } of jobs) {
          if (!isOver(job.status) || told.has(trial)) continue;
          told.add(trial);
          await sampler.tell(trial, value ?? null);
        }
        const running = jobs.filter(({ job }) => !isOver(job.status)).length;
        const stopping = this.#require(name).status === 'Stopping';
        const open = Math.min(MaxParallelTrainingJobs - running, MaxNumberOfTrainingJobs - jobs.length);
        for (let free = open; free > 0 && !exhausted && !stopping; free -= 1)
          exhausted = !(await this.#propose(name, sampler));
        if (running === 0 && (stopping || exhausted || jobs.length >= MaxNumberOfTrainingJobs)) {
          this.#end(name, stopping ? 'Stopped' : 'Completed');
          return;
        }
        await sleep(LOOK_MS);
      }
    } finally {
      sampler.close();
    }
  }

  /** Starts one more training job; false where the sampler has nothing left to propose. */
  async #propose(name: string, sampler: Sampler): Promise<boolean> {
    const proposal = await sampler.ask();
    const tuning = this.#require(name);
    // A stop may have come meanwhile, and has seen the training jobs that there were.
    if (proposal === undefined || tuning.status === 'Stopping') return false;
    const { TrainingJobDefinition, HyperParameterTuningJobConfig } = tuningRequest.parse(tuning.request);
    const number = String(proposal.trial + 1).padStart(3, '0');
    const hyperparameters = {
      ...TrainingJobDefinition.StaticHyperParameters,
      ...proposal.hyperparameters,
      _tuning_objective_metric: HyperParameterTuningJobConfig.HyperParameterTuningJobObjective.MetricName,
    };
    const trainingName = `${name}-${number}-${randomBytes(4).toString('hex')}`;
    const request = trainingOf(jsonOf(TrainingJobDefinition), trainingName, hyperparameters);
    const state: JsonObject = {
      TuningJobArn: tuning.arn,
      TuningTrial: proposal.trial,
      TunedHyperParameters: { ...proposal.hyperparameters },
    };
    this.#parts.trainings.create(request, state);
    return true;
  }

  #end(name: string, status: 'Completed' | 'Stopped'): void {
    this.#parts.store.change(KIND, name, { status, state: { HyperParameterTuningEndTime: Date.now() / 1000 } });
  }

  #require(name: string): Resource {
    const found = this.#parts.store.get(KIND, name);
    if (found === undefined) throw new Error(`tuning job ${name} is gone`);
    return found;
  }
}

const json: z.ZodType<Json> = z.json();

/** A part of a request as JSON; it came as such. */
export function jsonOf(value: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, json.parse(member)]));
}
