import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ServiceError, validation } from '../errors.ts';
import type { JobKind } from '../jobs/kind.ts';
import type { JsonObject } from '../json.ts';
import type { Resource, Store } from '../store.ts';
import { Dice } from './dice.ts';
import { forecast, forecastFor, type Forecast } from './forecast.ts';

/** An error as a user of AWS meets it when no machine of a type is to be had. */
export class CapacityError extends Error {}

/** Requests name the type of their machines at one of these places, or nowhere. */
const machines = z.object({
  ResourceConfig: z.object({ InstanceType: z.string().optional() }).optional(),
  ProcessingResources: z
    .object({ ClusterConfig: z.object({ InstanceType: z.string().optional() }).optional() })
    .optional(),
  TransformResources: z.object({ InstanceType: z.string().optional() }).optional(),
});
const JOBS: Readonly<Record<string, JobKind['kind']>> = {
  CreateTrainingJob: 'training-job',
  CreateProcessingJob: 'processing-job',
  CreateTransformJob: 'transform-job',
};

interface Bucket {
  tokens: number;
  filled: number;
}

/** Real AWS's weather over the endpoint: fair unless one is asked for. */
export class Weather {
  #forecast: Forecast;
  #dice: Dice;
  readonly #buckets = new Map<string, Bucket>();

  constructor(asked: Forecast = forecast.parse({})) {
    this.#forecast = asked;
    this.#dice = new Dice(asked.seed);
  }

  /**
   * Changes the weather from now on; the dice begin anew.
   *
   * @throws ServiceError ValidationException for a forecast that makes no sense
   */
  change(asked: JsonObject): void {
    const parsed = forecast.safeParse(asked);
    if (!parsed.success) {
      const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
      throw validation(`The weather cannot be made: ${faults.join('; ')}`);
    }
    this.#forecast = parsed.data;
    this.#dice = new Dice(parsed.data.seed);
    this.#buckets.clear();
  }

  /** For how long a thing just made is not found, milliseconds. */
  get lag(): number {
    return this.#forecast.lag;
  }

  /**
   * What a request meets before anything is done for it.
   *
   * @throws ServiceError ThrottlingException, InternalFailure, ServiceUnavailable
   */
  async meet(operation: string): Promise<void> {
    const { throttle, faults, slow } = this.#forecast;
    const delay = forecastFor(slow, operation);
    if (delay !== undefined) await sleep(this.#dice.between(`slow ${operation}`, delay));
    const allowed = forecastFor(throttle, operation);
    if (allowed !== undefined && !this.#take(operation, allowed)) {
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    }
    if (!this.#dice.happens(`fault ${operation}`, forecastFor(faults, operation) ?? 0)) return;
    throw this.#dice.roll('kind of fault') < 0.5
      ? new ServiceError('InternalFailure', 'The request processing has failed because of an unknown error.', 500)
      : new ServiceError('ServiceUnavailable', 'The service is temporarily unavailable.', 503);
  }

  /** Whether the connection is cut at this point of a request. */
  cuts(point: 'before' | 'after'): boolean {
    return this.#dice.happens(`drop ${point}`, this.#forecast.drop[point]);
  }

  /** @throws ServiceError ResourceLimitExceeded where the account has as many machines as it may */
  requireQuota(operation: string, request: JsonObject, store: Store): void {
    const kind = Object.hasOwn(JOBS, operation) ? JOBS[operation] : undefined;
    const type = kind === undefined ? undefined : typeOf(request);
    const limit = type === undefined ? undefined : forecastFor(this.#forecast.limits, type);
    if (kind === undefined || type === undefined || limit === undefined) return;
    const used = store.find(kind, { status: 'InProgress' }).filter((job) => typeOf(job.request) === type).length;
    if (used < limit) return;
    throw new ServiceError(
      'ResourceLimitExceeded',
      `The account-level service limit '${type} for ${kind.replace('-', ' ')} usage' is ${limit} Instances, with current ` +
        `utilization of ${used} Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an ` +
        'increase for this quota.',
    );
  }

  /**
   * Waits until a job has its machine.
   *
   * @throws CapacityError
   */
  async startMachine(job: Resource): Promise<void> {
    const type = typeOf(job.request) ?? '';
    const { capacity, startup } = this.#forecast;
    if (this.#dice.happens(`capacity ${type}`, forecastFor(capacity, type) ?? 0)) {
      throw new CapacityError(
        'Unable to provision requested ML compute capacity. Please retry using a different ML instance type.',
      );
    }
    const delay = forecastFor(startup, type);
    // A machine of a warm pool is up already.
    if (delay === undefined || job.state['Warm'] === true) return;
    await sleep(this.#dice.between(`startup ${type}`, delay) * 1000);
  }

  /** After how long the machine of a spot job is taken away, milliseconds; undefined where it stays. */
  interruption(job: Resource): number | undefined {
    const { share, after } = this.#forecast.spot;
    if (job.request['EnableManagedSpotTraining'] !== true || !this.#dice.happens('spot', share)) return undefined;
    return this.#dice.between('spot after', after) * 1000;
  }

  /** Whether the job's memory runs out. */
  runsOutOfMemory(): boolean {
    return this.#dice.happens('memory', this.#forecast.memory);
  }

  /** One token of an operation's bucket, where there is one (the token bucket that AWS describes for its APIs). */
  #take(operation: string, { rate, burst }: { readonly rate: number; readonly burst: number }): boolean {
    const now = Date.now();
    const bucket = this.#buckets.get(operation) ?? { tokens: burst, filled: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filled) / 1000) * rate);
    bucket.filled = now;
    this.#buckets.set(operation, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

function typeOf(request: JsonObject): string | undefined {
  const { ResourceConfig, ProcessingResources, TransformResources } = machines.parse(request);
  return (ResourceConfig ?? ProcessingResources?.ClusterConfig ?? TransformResources)?.InstanceType;
}
