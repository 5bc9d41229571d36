import { z } from 'zod';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import { ServiceError } from '../errors.ts';
import type { Store } from '../store.ts';
import { Concurrency } from './concurrency.ts';
import { planOf, trafficOf } from './deployment.ts';
import { measurementsOf, type Invocation } from './invocation-metrics.ts';
import { deploymentOf, instancesOf, variantsOf, type Variant } from './variant.ts';

/** The server that answers a request, and the endpoint config that its fleet is of. */
export interface Route {
  readonly variant: Variant;
  readonly config: string;
}

/** Who answers the requests to endpoints, and what is known of how they did. */
export class Traffic {
  readonly #store: Store;
  readonly #metrics: MetricStore;
  readonly #concurrency = new Concurrency();

  constructor(store: Store, metrics: MetricStore) {
    this.#store = store;
    this.#metrics = metrics;
  }

  /**
   * Chooses a fleet by its share of the traffic, then a variant by its share of the weights, or the one that is asked for.
   *
   * @throws ServiceError ValidationError where there is no such endpoint or variant, or it does not serve
   */
  route(name: string, target: string | undefined): Route {
    const endpoint = this.#store.get('endpoint', name);
    if (endpoint === undefined) throw new ServiceError('ValidationError', `Endpoint ${name} of account not found.`);
    const serving = variantsOf(endpoint);
    if (serving.length === 0) {
      throw new ServiceError('ValidationError', `Endpoint ${name} is ${endpoint.status}: it does not serve yet.`);
    }
    const old = { config: z.string().parse(endpoint.state['EndpointConfigName']), variants: serving };
    const deployment = deploymentOf(endpoint);
    const plan = deployment && planOf(deployment.settings, instancesOf(deployment.variants));
    const share = deployment && plan ? trafficOf(plan, deployment.stage) : 0;
    const fleets = deployment && Math.random() < share ? [deployment, old] : [old];
    // A variant that the new fleet does not have any more is still there in the old one.
    for (const { config, variants } of fleets) {
      const variant = target === undefined ? byWeight(variants) : variants.find((each) => each.name === target);
      if (variant !== undefined) return { variant, config };
    }
    throw new ServiceError('ValidationError', `Endpoint ${name} has no variant ${target ?? 'with a weight'}.`);
  }

  /**
   * Counts a request as running until the function that is returned is called.
   *
   * @throws ServiceError ThrottlingException where a serverless variant runs as many as it takes
   */
  enter({ variant }: Route): () => void {
    return this.#concurrency.enter(variant);
  }

  /** Tells CloudWatch of an invocation. */
  measure(invocation: Invocation): void {
    this.#metrics.record(measurementsOf(invocation));
  }
}

function byWeight(variants: readonly Variant[]): Variant | undefined {
  let point = Math.random() * variants.reduce((sum, { weight }) => sum + weight, 0);
  return variants.find(({ weight }) => (point -= weight) < 0);
}
