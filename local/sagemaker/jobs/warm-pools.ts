import { z } from 'zod';
import type { JsonObject } from '../json.ts';
import type { Resource, Store } from '../store.ts';
import { isOver } from './kind.ts';

const resources = z.object({ ResourceConfig: z.looseObject({ KeepAlivePeriodInSeconds: z.number().optional() }) });

/** What two jobs must have alike for one to take over the other's machines. */
const ALIKE = ['RoleArn', 'VpcConfig', 'EnableNetworkIsolation', 'EnableInterContainerTrafficEncryption'] as const;

/**
 * The warm pool that a training job keeps or has kept, as DescribeTrainingJob tells it; undefined where it asked for none.
 *
 * @param now epoch milliseconds
 */
export function warmPoolOf(job: Resource, now: number): JsonObject | undefined {
  const seconds = keepAlive(job);
  if (seconds === undefined) return undefined;
  if (!isOver(job.status)) return { Status: 'InUse' };
  const reused = job.state['ReusedByJob'];
  if (typeof reused === 'string') {
    const waited = Number(job.state['PoolWaitedInSeconds'] ?? 0);
    return { Status: 'Reused', ResourceRetainedBillableTimeInSeconds: waited, ReusedByJob: reused };
  }
  if (job.status !== 'Completed') return { Status: 'Terminated', ResourceRetainedBillableTimeInSeconds: 0 };
  const idle = Math.floor(now / 1000 - Number(job.state['TrainingEndTime'] ?? now / 1000));
  return idle < seconds
    ? { Status: 'Available', ResourceRetainedBillableTimeInSeconds: idle }
    : { Status: 'Terminated', ResourceRetainedBillableTimeInSeconds: seconds };
}

/** Gives a job that begins now the oldest warm pool that fits; whether there was one. */
export function takeWarmPool(store: Store, request: JsonObject, name: string, now: number): boolean {
  const wanted = machines(request);
  const pool = store
    .find('training-job', { keepsAlive: true })
    .find((each) => warmPoolOf(each, now)?.['Status'] === 'Available' && machines(each.request) === wanted);
  if (pool === undefined) return false;
  const waited = warmPoolOf(pool, now)?.['ResourceRetainedBillableTimeInSeconds'] ?? 0;
  store.change('training-job', pool.name, { state: { ReusedByJob: name, PoolWaitedInSeconds: waited } });
  return true;
}

/** A pool's period may be changed after its job was made. */
function keepAlive(job: Resource): number | undefined {
  const changed = job.state['KeepAlivePeriodInSeconds'];
  return typeof changed === 'number' ? changed : resources.parse(job.request).ResourceConfig.KeepAlivePeriodInSeconds;
}

function machines(request: JsonObject): string {
  const config = Object.entries(resources.parse(request).ResourceConfig)
    .filter(([name]) => name !== 'KeepAlivePeriodInSeconds')
    .sort();
  return JSON.stringify([config, ALIKE.map((member) => request[member] ?? null)]);
}
