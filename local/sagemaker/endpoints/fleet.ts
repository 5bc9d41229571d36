import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { containerOf } from '../operations/models.ts';
import type { Store } from '../store.ts';
import type { AskedVariant } from './config.ts';
import { isServing, startModelServer, stopModelServer, type ModelServerParts } from './model-server.ts';
import type { Variant } from './variant.ts';

export interface FleetParts extends ModelServerParts {
  readonly store: Store;
  /** The folder of the model servers' folders. */
  readonly folder: string;
}

/** A variant whose process is yet to be started. */
export function newVariant(
  { store, folder }: FleetParts,
  endpoint: string,
  asked: AskedVariant,
  kept: { readonly weight?: number; readonly instances?: number },
): Variant {
  const { VariantName: name, ContainerStartupHealthCheckTimeoutInSeconds: timeout } = asked;
  const instance = `i-${randomBytes(9).toString('hex').slice(0, 17)}`;
  return {
    ...{ name, model: asked.ModelName, instance, folder: join(folder, `${endpoint}-${name}-${instance}`), port: 0 },
    ...{
      weight: kept.weight ?? asked.InitialVariantWeight,
      instances: kept.instances ?? asked.InitialInstanceCount ?? 0,
    },
    ...{ image: containerOf(store, asked.ModelName).Image, created: Date.now() },
    ...(asked.InstanceType !== undefined && { instanceType: asked.InstanceType }),
    ...(timeout !== undefined && { startTimeoutMs: timeout * 1000 }),
    ...(asked.ServerlessConfig !== undefined && { serverless: asked.ServerlessConfig }),
  };
}

/** The same variant on a machine of its own, whose process is yet to be started. */
export function replacement({ folder }: FleetParts, endpoint: string, variant: Variant): Variant {
  const instance = `i-${randomBytes(9).toString('hex').slice(0, 17)}`;
  return { ...variant, instance, folder: join(folder, `${endpoint}-${variant.name}-${instance}`), port: 0 };
}

/**
 * Starts a variant's process and waits until it answers.
 *
 * @throws ServiceError with the end of its log when it does not
 */
export async function bringUp(
  parts: FleetParts,
  endpoint: string,
  variant: Variant,
  signal: AbortSignal,
): Promise<Variant> {
  const { port } = await startModelServer(parts, variant.folder, containerOf(parts.store, variant.model), {
    log: join(logFolder(parts.folder, endpoint), variant.name, `${variant.instance}.log`),
    ...(variant.startTimeoutMs !== undefined && { startTimeoutMs: variant.startTimeoutMs }),
    signal,
  });
  return { ...variant, port };
}

/** Whether the process of a variant is there and answers. */
export async function isUp(variant: Variant): Promise<boolean> {
  return variant.port > 0 && (await isServing(variant));
}

/** Ends processes, once they have answered what they were asked. */
export async function retire(folders: readonly string[]): Promise<void> {
  await Promise.all(folders.map((folder) => stopModelServer({ folder, port: 0 })));
}

/** Where the logs of an endpoint's servers are: a folder for each variant, a file for each machine. They outlive it. */
export function logFolder(folder: string, endpoint: string): string {
  return join(folder, 'logs', endpoint);
}
