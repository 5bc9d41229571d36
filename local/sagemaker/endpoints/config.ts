import { z } from 'zod';
import { validation } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import type { Resource, Store } from '../store.ts';
import { serverlessConfig } from './variant.ts';

/** Serverless memory comes in gigabytes: MB. */
const MEMORY_STEP_MB = 1024;

const productionVariant = z.object({
  VariantName: z.string(),
  ModelName: z.string().optional(),
  InstanceType: z.string().optional(),
  InitialInstanceCount: z.number().optional(),
  InitialVariantWeight: z.number().default(1),
  ContainerStartupHealthCheckTimeoutInSeconds: z.number().optional(),
  ServerlessConfig: serverlessConfig.optional(),
});
const config = z.object({ ProductionVariants: z.array(productionVariant).min(1) });

/** A variant as an endpoint config asks for it. */
export type AskedVariant = z.infer<typeof productionVariant> & { readonly ModelName: string };

/** What an endpoint config may ask for on AWS and not here, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  ShadowProductionVariants: 'Shadow variants are not supported here: give ProductionVariants alone.',
  AsyncInferenceConfig: 'Asynchronous inference is not supported here: leave AsyncInferenceConfig out.',
  ExplainerConfig: 'Explanations are not supported here: leave ExplainerConfig out.',
};

/**
 * The variants of an endpoint config's request.
 *
 * @throws ServiceError ValidationException for what AWS refuses beyond the shape, and for what is not there here
 */
export function askedVariants(request: JsonObject): AskedVariant[] {
  for (const [member, words] of Object.entries(REFUSED)) if (request[member] !== undefined) throw validation(words);
  const variants = parsed(config, request).ProductionVariants.map(asked);
  const names = new Set(variants.map(({ VariantName }) => VariantName));
  if (names.size < variants.length) throw validation('The variants of an endpoint config need names of their own.');
  return variants;
}

function asked(variant: z.infer<typeof productionVariant>): AskedVariant {
  const { VariantName, ModelName, ServerlessConfig: serverless } = variant;
  if (ModelName === undefined) throw validation('A production variant needs a ModelName here.');
  if (serverless === undefined) {
    if (variant.InstanceType === undefined || variant.InitialInstanceCount === undefined)
      throw validation(`Variant ${VariantName} needs InstanceType and InitialInstanceCount, or ServerlessConfig.`);
    return { ...variant, ModelName };
  }
  if (variant.InstanceType !== undefined || variant.InitialInstanceCount !== undefined)
    throw validation(`Variant ${VariantName} is serverless: it takes no InstanceType and no InitialInstanceCount.`);
  if (serverless.MemorySizeInMB % MEMORY_STEP_MB !== 0)
    throw validation(`MemorySizeInMB must be a multiple of ${MEMORY_STEP_MB}; it is ${serverless.MemorySizeInMB}.`);
  if ((serverless.ProvisionedConcurrency ?? 0) > serverless.MaxConcurrency)
    throw validation('ProvisionedConcurrency must be at most MaxConcurrency.');
  return { ...variant, ModelName };
}

/**
 * The variants of a config in the store.
 *
 * @throws ServiceError ValidationException where there is none of that name
 */
export function variantsAsked(store: Store, name: string): AskedVariant[] {
  return askedVariants(requireConfig(store, name).request);
}

/** @throws ServiceError ValidationException where there is none of that name */
export function requireConfig(store: Store, name: string): Resource {
  const found = store.get('endpoint-config', name);
  if (found === undefined) throw validation(`Could not find endpoint configuration "${name}".`);
  return found;
}
