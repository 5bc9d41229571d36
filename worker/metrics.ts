import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SlotCounts, Telemetry } from '../activities/telemetry.ts';
import { traceJob } from './tracing.ts';

/** A job takes from part of a second to days: bounds, seconds. */
const JOB_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600];

/** The worker's metrics in Prometheus's form, and what counts them. */
export interface Metrics {
  readonly registry: Registry;
  readonly telemetry: Telemetry;
}

/** Names follow Prometheus (https://prometheus.io/docs/practices/naming/): base units, `_total` on counters. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const ended = new Counter({
    name: 'crossfold_jobs_ended_total',
    help: 'Jobs that have ended, by kind and by the status that SageMaker gives',
    ...{ labelNames: ['kind', 'status'], registers },
  });
  const seconds = new Histogram({
    name: 'crossfold_job_seconds',
    help: 'Seconds from the start of a job on its machine to its end',
    ...{ labelNames: ['kind'], buckets: JOB_SECONDS, registers },
  });
  const cost = new Counter({
    name: 'crossfold_cost_usd_total',
    help: 'US dollars that jobs have cost at list prices; instances without a known price are left out',
    registers,
  });
  const calls = new Counter({
    name: 'crossfold_aws_calls_total',
    help: 'Attempts of AWS calls, by how they ended',
    ...{ labelNames: ['service', 'operation', 'outcome'], registers },
  });
  return {
    registry,
    telemetry: {
      watchSlots: (slots) => watchSlots(slots, registry),
      jobEnded(job) {
        ended.inc({ kind: job.kind, status: job.status });
        seconds.observe({ kind: job.kind }, job.seconds);
        if (job.cost !== undefined) cost.inc(job.cost);
        traceJob(job);
      },
      apiCall: (service, operation, outcome) => calls.inc({ service, operation, outcome }),
    },
  };
}

function watchSlots(slots: SlotCounts, registry: Registry): void {
  new Gauge({
    name: 'crossfold_jobs',
    help: 'Jobs that this worker runs, and that wait for a slot',
    ...{ labelNames: ['state'], registers: [registry] },
    collect() {
      this.set({ state: 'running' }, slots.running);
      this.set({ state: 'waiting' }, slots.waiting);
    },
  });
}
