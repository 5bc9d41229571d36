import { z } from 'zod';
import type { Change } from '../store.ts';
import { noSettings, type DeploymentConfig } from './deployment-config.ts';
import { bringUp, isUp, replacement, retire } from './fleet.ts';
import { REASON_LIMIT, Rollout, type RolloutParts } from './rollout.ts';
import { asState, deploymentOf, retiringOf, variantsOf, type Deployment, type Variant } from './variant.ts';

/** What is to be deployed to an endpoint, and how. */
export interface Order {
  readonly config: string;
  readonly settings: DeploymentConfig;
  readonly retained: Deployment['retained'];
}

/**
 * Changes endpoints, one change of an endpoint at a time. Where a change stands is in the store alone, so that it goes on
 * after a restart.
 */
export class Endpoints {
  readonly #parts: RolloutParts;
  readonly #rollout: Rollout;
  readonly #changes = new Map<string, { readonly abort: AbortController; readonly over: Promise<void> }>();

  constructor(parts: RolloutParts) {
    this.#parts = parts;
    this.#rollout = new Rollout(parts);
  }

  /**
   * Begins a deployment; the endpoint's status tells how it goes.
   *
   * @param change of the endpoint, that is made in the same moment
   */
  deploy(endpoint: string, { config, settings, retained }: Order, change: Change = {}): void {
    const started: Deployment = {
      ...{ config, settings, retained, started: Date.now() },
      ...{ variants: [], stage: { name: 'Creating' } },
    };
    const state = { ...change.state, Deployment: asState(started), FailureReason: '' };
    this.#parts.store.change('endpoint', endpoint, { ...change, state });
    this.#queue(endpoint, (signal) => this.#rollout.drive(endpoint, signal));
  }

  /** Gives variants the weights and counts that they are to have, once each was seen to answer or not. */
  settle(endpoint: string): void {
    this.#queue(endpoint, async () => {
      const found = this.#parts.store.get('endpoint', endpoint);
      await Promise.all((found === undefined ? [] : variantsOf(found)).map(isUp));
      const now = this.#parts.store.get('endpoint', endpoint);
      if (now === undefined || now.status !== 'Updating') return;
      const Variants = variantsOf(now).map(({ desired, ...each }) => asState({ ...each, ...desired }));
      this.#parts.store.change('endpoint', endpoint, { status: 'InService', state: { Variants } });
    });
  }

  /** Ends what is under way, then the endpoint's servers, and forgets it. */
  remove(endpoint: string): void {
    this.#changes.get(endpoint)?.abort.abort();
    this.#queue(endpoint, async () => {
      await retire(this.#serversOf(endpoint));
      this.#parts.store.remove('endpoint', endpoint);
    });
  }

  /** After a start: servers that are still there go on, others are started again, and so is what was under way. */
  async resume(): Promise<void> {
    for (const { name, status, state } of this.#parts.store.all('endpoint')) {
      if (status === 'Deleting') this.remove(name);
      else if (status !== 'Failed') await this.#resume(name, z.string().parse(state['EndpointConfigName']));
    }
  }

  /** Ends every server; what is under way goes on after the next start. */
  async close(): Promise<void> {
    const changes = [...this.#changes.values()];
    for (const { abort } of changes) abort.abort();
    await Promise.all(changes.map(({ over }) => over));
    await retire(this.#parts.store.all('endpoint').flatMap(({ name }) => this.#serversOf(name)));
  }

  /** One change of an endpoint at a time. */
  #queue(endpoint: string, work: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    const before = this.#changes.get(endpoint)?.over ?? Promise.resolve();
    const over = before
      .then(() => work(abort.signal))
      .catch((error: unknown) => {
        if (!abort.signal.aborted)
          this.#parts.logger.error({ endpoint, error: String(error) }, 'an endpoint could not be changed');
      });
    this.#changes.set(endpoint, { abort, over });
  }

  async #resume(name: string, config: string): Promise<void> {
    const { store } = this.#parts;
    const found = store.get('endpoint', name);
    if (found === undefined) return;
    const up = await Promise.all(this.#variantsOf(name).map(isUp));
    const deployed = deploymentOf(found) !== undefined;
    if (retiringOf(found).length > 0) this.#queue(name, () => this.#rollout.retire(name));
    if (up.includes(false)) this.#queue(name, (signal) => this.#repair(name, signal));
    if (deployed) this.#queue(name, (signal) => this.#rollout.drive(name, signal));
    else if (up.length === 0) this.deploy(name, { config, settings: noSettings, retained: [] });
    else if (found.status === 'Updating') this.settle(name);
  }

  /** Starts again those variants that do not answer, of what serves and of what is being deployed. */
  async #repair(endpoint: string, signal: AbortSignal): Promise<void> {
    const { store } = this.#parts;
    for (const dead of this.#variantsOf(endpoint)) {
      if (await isUp(dead)) continue;
      await retire([dead.folder]);
      const fresh = replacement(this.#parts, endpoint, dead);
      this.#replace(endpoint, dead, fresh);
      try {
        this.#replace(endpoint, fresh, await bringUp(this.#parts, endpoint, fresh, signal));
      } catch (error) {
        if (signal.aborted) return;
        if (this.#rollout.rollBack(endpoint, fresh, String(error))) return;
        store.change('endpoint', endpoint, { state: { FailureReason: String(error).slice(0, REASON_LIMIT) } });
        throw error;
      }
    }
  }

  #replace(endpoint: string, before: Variant, after: Variant): void {
    const found = this.#parts.store.get('endpoint', endpoint);
    if (found === undefined) return;
    const replaced = (variants: readonly Variant[]): Variant[] =>
      variants.map((each) => (each.folder === before.folder ? after : each));
    const deployment = deploymentOf(found);
    const Deployment =
      deployment === undefined ? null : asState({ ...deployment, variants: replaced(deployment.variants) });
    const Variants = replaced(variantsOf(found)).map(asState);
    this.#parts.store.change('endpoint', endpoint, { state: { Variants, Deployment } });
  }

  /** What serves and what is being deployed; a fleet that comes up or goes away is its deployment's own. */
  #variantsOf(endpoint: string): Variant[] {
    const found = this.#parts.store.get('endpoint', endpoint);
    if (found === undefined) return [];
    const deployment = deploymentOf(found);
    const isThere = deployment !== undefined && !['Creating', 'RollingBack'].includes(deployment.stage.name);
    return [...variantsOf(found), ...(isThere ? deployment.variants : [])];
  }

  /** The folders of all servers that an endpoint has. */
  #serversOf(endpoint: string): string[] {
    const found = this.#parts.store.get('endpoint', endpoint);
    if (found === undefined) return [];
    const servers = [...variantsOf(found), ...(deploymentOf(found)?.variants ?? [])];
    return [...retiringOf(found), ...servers.map(({ folder }) => folder)];
  }
}
