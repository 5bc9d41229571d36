import type { Measurement } from '../cloudwatch/metric-store.ts';

/** One invocation, as its metrics see it. */
export interface Invocation {
  readonly endpoint: string;
  readonly variant: string;
  /** The endpoint config of the fleet that answered. */
  readonly config: string;
  /** What the model answered; undefined where it did not. */
  readonly status: number | undefined;
  /** How long the model took, and how long all of it: milliseconds. */
  readonly modelMs: number;
  readonly totalMs: number;
}

/**
 * What SageMaker tells CloudWatch of an invocation. Errors are 1 or 0, so that their average is the rate. Every metric is
 * there twice: for the variant, and for the variant as one endpoint config has it.
 */
export function measurementsOf(invocation: Invocation): Measurement[] {
  const { endpoint, variant, config, status, modelMs, totalMs } = invocation;
  const failed = status === undefined || status < 200 || status >= 300;
  const counts = {
    Invocations: 1,
    Invocation4XXErrors: status !== undefined && status >= 400 && status < 500 ? 1 : 0,
    Invocation5XXErrors: status === undefined || status >= 500 ? 1 : 0,
    InvocationModelErrors: failed ? 1 : 0,
  };
  const latencies = {
    ModelLatency: Math.round(modelMs * 1000),
    OverheadLatency: Math.round((totalMs - modelMs) * 1000),
  };
  const own = [
    { Name: 'EndpointName', Value: endpoint },
    { Name: 'VariantName', Value: variant },
  ];
  const time = Date.now() / 1000;
  const measured = (unit: string, values: Readonly<Record<string, number>>): Measurement[] =>
    Object.entries(values).flatMap(([MetricName, value]) =>
      [own, [...own, { Name: 'EndpointConfigName', Value: config }]].map((Dimensions) => ({
        ...{ Namespace: 'AWS/SageMaker', MetricName, Dimensions, time, unit, samples: [{ value, count: 1 }] },
      })),
    );
  return [...measured('None', counts), ...measured('Microseconds', latencies)];
}
