import { trace } from '@opentelemetry/api';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  type OpenTelemetrySinks,
} from '@temporalio/interceptors-opentelemetry';
import type { EndedJob } from '../activities/telemetry.ts';
import type { Tracing } from '../config/tracing.ts';

/** What a worker needs for spans of its workflows and activities. */
export interface WorkerTracing {
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
  readonly activity: ActivityInterceptorsFactory;
}

export function workerTracing({ processor, resource }: Tracing): WorkerTracing {
  return {
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    activity: (context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) }),
  };
}

/** The span of a job that has ended, below that of the activity that waited for it: from its creation to its end. */
export function traceJob(job: EndedJob): void {
  if (job.created === undefined) return;
  const startTime = job.created;
  const span = trace.getTracer('crossfold').startSpan(`job ${job.name}`, {
    startTime,
    attributes: {
      'crossfold.run': job.run,
      'crossfold.step': job.step,
      'crossfold.job': job.name,
      'crossfold.job.kind': job.kind,
      'crossfold.job.status': job.status,
      'crossfold.job.startup_seconds': job.startup,
    },
  });
  span.end(new Date(startTime.getTime() + (job.startup + job.seconds) * 1000));
}
