import { join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../../../config/logger.ts';
import { ServiceError, validation } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { containerOf } from '../operations/models.ts';
import type { Resource, Store } from '../store.ts';
import {
  isServing,
  startModelServer,
  stopModelServer,
  type ModelServer,
  type ModelServerParts,
} from './model-server.ts';

const config = z.object({
  ProductionVariants: z
    .array(
      z.object({
        VariantName: z.string(),
        ModelName: z.string(),
        InitialVariantWeight: z.number().default(1),
        InitialInstanceCount: z.number().default(1),
      }),
    )
    .min(1),
});

const variant = z.object({
  name: z.string(),
  model: z.string(),
  weight: z.number(),
  instances: z.number(),
  folder: z.string(),
  port: z.number(),
});
export type Variant = z.infer<typeof variant>;

/** An endpoint's variants as they serve now. */
export function variantsOf(endpoint: Resource): Variant[] {
  return z.array(variant).default([]).parse(endpoint.state['Variants']);
}

export interface EndpointsParts extends ModelServerParts {
  readonly store: Store;
  readonly logger: Logger;
  /** The folder of the model servers' folders. */
  readonly folder: string;
}

/** Keeps the model servers that endpoints need: a process for each variant, the new ones up before the old ones go. */
export class Endpoints {
  readonly #parts: EndpointsParts;
  readonly #deploying = new Map<string, Promise<void>>();
  #generation = Date.now();

  constructor(parts: EndpointsParts) {
    this.#parts = parts;
  }

  /** Serves the config from the endpoint; the endpoint's status tells how it goes. */
  deploy(endpoint: string, configName: string): void {
    this.#queue(endpoint, () => this.#deploy(endpoint, configName));
  }

  /** Ends the endpoint's servers and forgets it. */
  remove(endpoint: string): void {
    this.#queue(endpoint, async () => {
      const found = this.#parts.store.get('endpoint', endpoint);
      await Promise.all((found === undefined ? [] : variantsOf(found)).map(stopModelServer));
      this.#parts.store.remove('endpoint', endpoint);
    });
  }

  /** After a start: servers that are still there go on, others are started again. */
  async resume(): Promise<void> {
    for (const endpoint of this.#parts.store.all('endpoint')) {
      const serving = await Promise.all(variantsOf(endpoint).map(isServing));
      const target = z.string().parse(endpoint.state['EndpointConfigName']);
      if (endpoint.status === 'Deleting') this.remove(endpoint.name);
      else if (endpoint.status === 'Failed') continue;
      else if (serving.length === 0 || serving.includes(false) || endpoint.status !== 'InService')
        this.deploy(endpoint.name, target);
    }
  }

  /** Ends every server. */
  async close(): Promise<void> {
    const servers = this.#parts.store.all('endpoint').flatMap(variantsOf);
    await Promise.all(servers.map((server) => stopModelServer(server)));
  }

  /**
   * The server that answers a request: a variant by its share of the weights, or the one that is asked for.
   *
   * @throws ServiceError ValidationError where there is no such endpoint or variant, or it does not serve
   */
  route(name: string, target: string | undefined): Variant {
    const endpoint = this.#parts.store.get('endpoint', name);
    if (endpoint === undefined) throw new ServiceError('ValidationError', `Endpoint ${name} of account not found.`);
    const variants = variantsOf(endpoint);
    if (variants.length === 0) {
      throw new ServiceError('ValidationError', `Endpoint ${name} is ${endpoint.status}: it does not serve yet.`);
    }
    const chosen = target === undefined ? byWeight(variants) : variants.find((each) => each.name === target);
    if (chosen === undefined)
      throw new ServiceError('ValidationError', `Endpoint ${name} has no variant ${target ?? 'with a weight'}.`);
    return chosen;
  }

  /** One change of an endpoint at a time. */
  #queue(endpoint: string, work: () => Promise<void>): void {
    const before = this.#deploying.get(endpoint) ?? Promise.resolve();
    const next = before.then(work).catch((error: unknown) => {
      this.#parts.logger.error({ endpoint, error: String(error) }, 'an endpoint could not be changed');
    });
    this.#deploying.set(endpoint, next);
  }

  async #deploy(endpoint: string, configName: string): Promise<void> {
    const { store, logger } = this.#parts;
    const before = store.get('endpoint', endpoint);
    if (before === undefined || before.status === 'Deleting') return;
    const old = variantsOf(before);
    const fresh: Variant[] = [];
    try {
      for (const each of this.#configOf(configName)) fresh.push(await this.#start(endpoint, each));
      store.change('endpoint', endpoint, {
        status: 'InService',
        state: { EndpointConfigName: configName, Variants: fresh.map(asJson), FailureReason: '' },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn({ endpoint, config: configName, reason }, 'an endpoint could not be deployed');
      await Promise.all(fresh.map(stopModelServer));
      // As on AWS: a new endpoint is Failed, one that served goes on with what it had.
      const status = old.length > 0 ? 'InService' : 'Failed';
      store.change('endpoint', endpoint, { status, state: { FailureReason: reason.slice(0, 1024) } });
      return;
    }
    await Promise.all(old.map(stopModelServer));
  }

  #configOf(name: string): z.infer<typeof config>['ProductionVariants'] {
    const found = this.#parts.store.get('endpoint-config', name);
    if (found === undefined) throw validation(`Could not find endpoint configuration "${name}".`);
    return config.parse(found.request).ProductionVariants;
  }

  async #start(endpoint: string, asked: z.infer<typeof config>['ProductionVariants'][number]): Promise<Variant> {
    this.#generation += 1;
    const folder = join(this.#parts.folder, `${endpoint}-${asked.VariantName}-${this.#generation}`);
    const server: ModelServer = await startModelServer(
      this.#parts,
      folder,
      containerOf(this.#parts.store, asked.ModelName),
    );
    return {
      ...server,
      ...{
        name: asked.VariantName,
        model: asked.ModelName,
        weight: asked.InitialVariantWeight,
        instances: asked.InitialInstanceCount,
      },
    };
  }
}

function asJson({ name, model, weight, instances, folder, port }: Variant): JsonObject {
  return { name, model, weight, instances, folder, port };
}

function byWeight(variants: readonly Variant[]): Variant | undefined {
  let point = Math.random() * variants.reduce((sum, { weight }) => sum + weight, 0);
  return variants.find(({ weight }) => (point -= weight) < 0);
}
