import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../../config/logger.ts';
import type { Alarms } from '../cloudwatch/alarms.ts';
import { variantsAsked } from './config.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { advance, planOf, type Stage } from './deployment.ts';
import { bringUp, isUp, newVariant, retire, type FleetParts } from './fleet.ts';
import {
  asState,
  deploymentOf,
  instancesOf,
  retiringOf,
  variantsOf,
  type Deployment,
  type Variant,
} from './variant.ts';

export interface RolloutParts extends FleetParts {
  readonly alarms: Alarms;
  readonly logger: Logger;
}

/** How often a deployment that waits looks at its alarms, milliseconds. */
const LOOK_MS = 200;
/** Most characters of a failure reason, as on AWS. */
export const REASON_LIMIT = 1024;

/** Carries deployments out. Where one stands is in the store alone. */
export class Rollout {
  readonly #parts: RolloutParts;

  constructor(parts: RolloutParts) {
    this.#parts = parts;
  }

  /** Carries a deployment on from wherever it is, to its end. */
  async drive(endpoint: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const found = this.#parts.store.get('endpoint', endpoint);
      const deployment = found === undefined ? undefined : deploymentOf(found);
      if (found === undefined || deployment === undefined || found.status === 'Deleting') return;
      const { stage } = deployment;
      if (stage.name === 'Done' || stage.name === 'RollingBack') {
        await (stage.name === 'Done'
          ? this.#finish(endpoint, deployment)
          : this.#rollBack(endpoint, deployment, stage.reason));
        return;
      }
      const next = await this.#next(endpoint, deployment, signal);
      signal.throwIfAborted();
      if (next === stage) await sleep(LOOK_MS, undefined, { signal });
      else this.#enter(endpoint, next);
    }
  }

  async #next(endpoint: string, deployment: Deployment, signal: AbortSignal): Promise<Stage> {
    const { stage, started } = deployment;
    const look = (): Stage => {
      const plan = planOf(deployment.settings, instancesOf(deployment.variants));
      return advance(plan, stage, started, Date.now(), this.#trouble(deployment.settings));
    };
    const before = look();
    if (stage.name !== 'Creating' || before.name === 'RollingBack') return before;
    try {
      await this.#bringUp(endpoint, deployment, signal);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!signal.aborted)
        this.#parts.logger.warn({ endpoint, config: deployment.config, reason }, 'an endpoint could not be deployed');
      return { name: 'RollingBack', reason };
    }
    return look();
  }

  /** Starts those of the new fleet's variants that do not answer yet. */
  async #bringUp(endpoint: string, deployment: Deployment, signal: AbortSignal): Promise<void> {
    const asked = variantsAsked(this.#parts.store, deployment.config);
    const found = this.#parts.store.get('endpoint', endpoint);
    const old = found === undefined ? [] : variantsOf(found);
    const up: Variant[] = [];
    for (const each of asked) {
      const begun = deployment.variants.find(({ name }) => name === each.VariantName);
      if (begun !== undefined && (await isUp(begun))) {
        up.push(begun);
        continue;
      }
      if (begun !== undefined) await retire([begun.folder]);
      const same = old.find(({ name }) => name === each.VariantName);
      const fresh = newVariant(this.#parts, endpoint, each, {
        ...(same !== undefined && deployment.retained.includes('DesiredWeight') && { weight: same.weight }),
        ...(same !== undefined &&
          deployment.retained.includes('DesiredInstanceCount') && { instances: same.instances }),
      });
      // In the store before it is there, so that whoever dies now leaves nothing that nobody knows of.
      this.#change(endpoint, { variants: [...up, fresh] });
      up.push(await bringUp(this.#parts, endpoint, fresh, signal));
      this.#change(endpoint, { variants: up });
    }
  }

  /** What speaks against a deployment: alarms that have gone off, or that there are not. */
  #trouble({ AutoRollbackConfiguration: { Alarms: alarms } }: DeploymentConfig): string | undefined {
    const states = alarms.map(({ AlarmName: name }) => ({ name, state: this.#parts.alarms.stateOf(name) }));
    const named = (wanted: string | undefined): string =>
      states.flatMap(({ name, state }) => (state === wanted ? [name] : [])).join(', ');
    const [missing, ringing] = [named(undefined), named('ALARM')];
    if (missing !== '')
      return `Could not find the CloudWatch alarms that the deployment is rolled back by: [${missing}].`;
    return ringing === ''
      ? undefined
      : `One or more of the deployment's CloudWatch alarms are in ALARM state: [${ringing}].`;
  }

  async #finish(endpoint: string, { config, variants }: Deployment): Promise<void> {
    const { store } = this.#parts;
    const found = store.get('endpoint', endpoint);
    if (found === undefined) return;
    const Retiring = [...retiringOf(found), ...variantsOf(found).map(({ folder }) => folder)];
    const state = { EndpointConfigName: config, Variants: variants.map(asState), Deployment: null, Retiring };
    store.change('endpoint', endpoint, { status: 'InService', state });
    await this.retire(endpoint);
  }

  /** Has a deployment go back, as its variant does not serve any more; false where the variant is none of it. */
  rollBack(endpoint: string, variant: Variant, reason: string): boolean {
    const found = this.#parts.store.get('endpoint', endpoint);
    const deployed = found === undefined ? [] : (deploymentOf(found)?.variants ?? []);
    const isOfIt = deployed.some(({ folder }) => folder === variant.folder);
    if (isOfIt) this.#enter(endpoint, { name: 'RollingBack', reason });
    return isOfIt;
  }

  /** As on AWS: a new endpoint has failed, one that served goes on with what it had. */
  async #rollBack(endpoint: string, { variants }: Deployment, reason: string): Promise<void> {
    const { store } = this.#parts;
    await retire(variants.map(({ folder }) => folder));
    const found = store.get('endpoint', endpoint);
    if (found === undefined || found.status === 'Deleting') return;
    store.change('endpoint', endpoint, {
      status: variantsOf(found).length > 0 ? 'InService' : 'Failed',
      state: { Deployment: null, FailureReason: reason.slice(0, REASON_LIMIT) },
    });
  }

  /** Ends the servers that serve no more. */
  async retire(endpoint: string): Promise<void> {
    const found = this.#parts.store.get('endpoint', endpoint);
    await retire(found === undefined ? [] : retiringOf(found));
    this.#parts.store.change('endpoint', endpoint, { state: { Retiring: [] } });
  }

  #enter(endpoint: string, stage: Stage): void {
    const found = this.#parts.store.get('endpoint', endpoint);
    const rollsBack = stage.name === 'RollingBack' && found !== undefined && variantsOf(found).length > 0;
    this.#change(endpoint, { stage }, rollsBack ? 'RollingBack' : undefined);
  }

  #change(endpoint: string, change: Partial<Deployment>, status?: string): void {
    const { store } = this.#parts;
    const found = store.get('endpoint', endpoint);
    const deployment = found === undefined ? undefined : deploymentOf(found);
    if (found === undefined || deployment === undefined) return;
    const state = { Deployment: asState({ ...deployment, ...change }) };
    const kept = found.status === 'Deleting' || status === undefined;
    store.change('endpoint', endpoint, kept ? { state } : { state, status });
  }
}
