import type { Tracer } from '@opentelemetry/api';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Environment } from './settings.ts';

/** Where the spans of a process go. */
export interface Tracing {
  readonly resource: Resource;
  readonly processor: SpanProcessor;
  readonly tracer: Tracer;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** Whether traces are asked for, by the variables of OpenTelemetry's own specification. */
export function isTraced(variables: Environment): boolean {
  const endpoint = variables['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? variables['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return (endpoint ?? '') !== '' && variables['OTEL_SDK_DISABLED'] !== 'true';
}

/**
 * Sends the spans of this process by OTLP to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; nothing where it says nothing.
 * The libraries are loaded then only: a command would start later for them.
 *
 * @param service the process, where OTEL_SERVICE_NAME does not name it
 */
export async function startTracing(variables: Environment, service: string): Promise<Tracing | undefined> {
  if (!isTraced(variables)) return undefined;
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { Resource }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const resource = new Resource({ 'service.name': variables['OTEL_SERVICE_NAME'] ?? service });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return { resource, processor, tracer: trace.getTracer('crossfold'), close: () => provider.shutdown() };
}

/** What `body` does, as a span of its own: the one that all it starts is below. */
export async function inSpan<T>(tracing: Tracing | undefined, name: string, body: () => Promise<T>): Promise<T> {
  if (tracing === undefined) return await body();
  return await tracing.tracer.startActiveSpan(name, async (span) => {
    try {
      return await body();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Hands the trace of whoever starts a run to its workflow. */
export async function tracingInterceptors(variables: Environment): Promise<WorkflowClientInterceptor[]> {
  if (!isTraced(variables)) return [];
  const { OpenTelemetryWorkflowClientInterceptor } = await import('@temporalio/interceptors-opentelemetry');
  return [new OpenTelemetryWorkflowClientInterceptor()];
}
