import { z } from 'zod';
import { parseObject, type JsonObject } from '../json.ts';
import type { Resource } from '../store.ts';
import { deploymentConfig } from './deployment-config.ts';
import { stage } from './deployment.ts';

export const serverlessConfig = z.object({
  MemorySizeInMB: z.number(),
  MaxConcurrency: z.number(),
  ProvisionedConcurrency: z.number().optional(),
});

/** A variant that is deployed: a process that serves its model, and what was asked of it. */
const variant = z.object({
  name: z.string(),
  model: z.string(),
  weight: z.number(),
  instances: z.number(),
  folder: z.string(),
  /** 0 until the process answers. */
  port: z.number(),
  /** The name of the machine that it runs on, so to say. */
  instance: z.string().default('i-0'),
  instanceType: z.string().optional(),
  image: z.string().default(''),
  /** Epoch milliseconds. */
  created: z.number().default(0),
  /** How long the model may take to answer /ping, milliseconds. */
  startTimeoutMs: z.number().optional(),
  serverless: serverlessConfig.optional(),
  /** What it is to change to. */
  desired: z.object({ weight: z.number(), instances: z.number(), serverless: serverlessConfig.optional() }).optional(),
});
export type Variant = z.infer<typeof variant>;

/** A deployment that is under way. */
const deployment = z.object({
  config: z.string(),
  settings: deploymentConfig,
  /** Epoch milliseconds. */
  started: z.number(),
  /** What the new variants take over from those of the same name. */
  retained: z.array(z.enum(['DesiredWeight', 'DesiredInstanceCount'])),
  variants: z.array(variant),
  stage,
});
export type Deployment = z.infer<typeof deployment>;

/** An endpoint's variants as they serve, before what is being deployed does. */
export function variantsOf(endpoint: Resource): Variant[] {
  return z.array(variant).default([]).parse(endpoint.state['Variants']);
}

/** What is being deployed to the endpoint. */
export function deploymentOf(endpoint: Resource): Deployment | undefined {
  return deployment.nullish().parse(endpoint.state['Deployment']) ?? undefined;
}

/** Servers that serve no more and have yet to be ended, by their folders. */
export function retiringOf(endpoint: Resource): string[] {
  return z.array(z.string()).default([]).parse(endpoint.state['Retiring']);
}

/** The instances of the smallest variant: sizes in instances are shares of it. Serverless variants count as one. */
export function instancesOf(variants: readonly { readonly instances: number }[]): number {
  return variants.length === 0 ? 1 : Math.max(1, Math.min(...variants.map(({ instances }) => instances)));
}

/** What the store keeps of variants and deployments. */
export function asState(value: Variant | Deployment): JsonObject {
  return parseObject(JSON.stringify(value)) ?? {};
}
