import { z } from 'zod';
import { variantsAsked } from '../endpoints/config.ts';
import {
  deploymentConfig,
  noSettings,
  requireDeployable,
  type DeploymentConfig,
} from '../endpoints/deployment-config.ts';
import { planOf, waitsOf } from '../endpoints/deployment.ts';
import type { Order } from '../endpoints/endpoints.ts';
import { asState, instancesOf, variantsOf, type Variant } from '../endpoints/variant.ts';
import { validation } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import type { Resource, Store } from '../store.ts';

const update = z.object({
  RetainAllVariantProperties: z.boolean().default(false),
  ExcludeRetainedVariantProperties: z.array(z.object({ VariantPropertyType: z.string() })).default([]),
  RetainDeploymentConfig: z.boolean().default(false),
  DeploymentConfig: deploymentConfig.optional(),
});
const RETAINABLE = ['DesiredWeight', 'DesiredInstanceCount'] as const;

/**
 * What an UpdateEndpoint request has deployed, and the deployment config that the endpoint keeps.
 *
 * @throws ServiceError ValidationException for what AWS refuses
 */
export function orderOf(
  store: Store,
  endpoint: Resource,
  config: string,
  request: JsonObject,
): { order: Order; kept: Json } {
  const asked = parsed(update, request);
  if (asked.RetainDeploymentConfig && asked.DeploymentConfig !== undefined)
    throw validation('Give a DeploymentConfig, or have the last one retained: not both.');
  const excluded = asked.ExcludeRetainedVariantProperties.map(({ VariantPropertyType }) => VariantPropertyType);
  if (excluded.length > 0 && !asked.RetainAllVariantProperties)
    throw validation('ExcludeRetainedVariantProperties needs RetainAllVariantProperties to be true.');
  const retained = RETAINABLE.filter((each) => asked.RetainAllVariantProperties && !excluded.includes(each));
  const last = endpoint.state['LastDeploymentConfig'] ?? null;
  const kept = asked.RetainDeploymentConfig ? last : (request['DeploymentConfig'] ?? null);
  const settings = requireSettings(
    store,
    config,
    kept,
    retained.includes('DesiredInstanceCount') ? endpoint : undefined,
  );
  return { order: { config, settings, retained }, kept };
}

/**
 * A deployment config that is good for the endpoint config.
 *
 * @param retains the endpoint whose instance counts stay, if they do
 * @throws ServiceError ValidationException for what AWS refuses
 */
export function requireSettings(
  store: Store,
  config: string,
  given: Json | undefined,
  retains?: Resource,
): DeploymentConfig {
  if (given === undefined || given === null) return noSettings;
  const settings = parsed(deploymentConfig, given);
  const variants = variantsAsked(store, config);
  if (variants.some(({ ServerlessConfig }) => ServerlessConfig !== undefined))
    throw validation('Deployment guardrails do not apply to serverless variants: leave DeploymentConfig out.');
  const now = retains === undefined ? [] : variantsOf(retains);
  const instances = instancesOf(
    variants.map(({ VariantName, InitialInstanceCount }) => ({
      instances: now.find(({ name }) => name === VariantName)?.instances ?? InitialInstanceCount ?? 1,
    })),
  );
  requireDeployable(settings, instances);
  const plan = planOf(settings, instances);
  if (waitsOf(plan) >= plan.timeoutMs) {
    const [waits, limit] = [waitsOf(plan) / 1000, plan.timeoutMs / 1000];
    throw validation(
      `MaximumExecutionTimeoutInSeconds must be longer than all waits together: they take ${waits} of ${limit} seconds.`,
    );
  }
  return settings;
}

const capacities = z.object({
  DesiredWeightsAndCapacities: z.array(
    z.object({
      VariantName: z.string(),
      DesiredWeight: z.number().optional(),
      DesiredInstanceCount: z.number().optional(),
      ServerlessUpdateConfig: z
        .object({ MaxConcurrency: z.number().optional(), ProvisionedConcurrency: z.number().optional() })
        .optional(),
    }),
  ),
});

/**
 * The endpoint's variants with what UpdateEndpointWeightsAndCapacities wants of them, for the store.
 *
 * @throws ServiceError ValidationException for a variant that there is not, or that cannot be so
 */
export function withDesired(endpoint: Resource, request: JsonObject): JsonObject[] {
  const wanted = parsed(capacities, request).DesiredWeightsAndCapacities;
  const variants = variantsOf(endpoint);
  for (const { VariantName } of wanted) {
    if (!variants.some(({ name }) => name === VariantName))
      throw validation(`The endpoint "${endpoint.arn}" has no variant "${VariantName}".`);
  }
  return variants.map((variant) => asState({ ...variant, desired: desiredOf(variant, wanted) }));
}

function desiredOf(
  { name, weight, instances, serverless }: Variant,
  wanted: z.infer<typeof capacities>['DesiredWeightsAndCapacities'],
): NonNullable<Variant['desired']> {
  const found = wanted.find(({ VariantName }) => VariantName === name);
  if (serverless !== undefined && found?.DesiredInstanceCount !== undefined)
    throw validation(`Variant ${name} is serverless: it has no DesiredInstanceCount.`);
  if (serverless === undefined && found?.ServerlessUpdateConfig !== undefined)
    throw validation(`Variant ${name} is not serverless: it takes no ServerlessUpdateConfig.`);
  return {
    weight: found?.DesiredWeight ?? weight,
    instances: found?.DesiredInstanceCount ?? instances,
    ...(serverless !== undefined && {
      serverless: {
        ...{ ...serverless, ...found?.ServerlessUpdateConfig },
        MaxConcurrency: found?.ServerlessUpdateConfig?.MaxConcurrency ?? serverless.MaxConcurrency,
      },
    }),
  };
}
