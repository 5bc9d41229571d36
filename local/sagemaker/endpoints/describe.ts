import { compact, type Json, type JsonObject } from '../json.ts';
import type { Resource } from '../store.ts';
import { deploymentOf, variantsOf, type Deployment, type Variant } from './variant.ts';

/** AWS's word for what a variant of a deployment does at a stage. */
const STATUSES: Readonly<Record<Deployment['stage']['name'], string>> = {
  Creating: 'Creating',
  Shifting: 'ActivatingTraffic',
  Baking: 'Baking',
  Done: 'Baking',
  RollingBack: 'Deleting',
};

/** An endpoint as DescribeEndpoint shows it. */
export function describeEndpoint(found: Resource): JsonObject {
  const { EndpointConfigName, FailureReason: reason, LastDeploymentConfig } = found.state;
  const variants = variantsOf(found);
  const deployment = deploymentOf(found);
  return compact({
    ...{ EndpointName: found.name, EndpointArn: found.arn, EndpointStatus: found.status, EndpointConfigName },
    ProductionVariants: variants.length === 0 ? undefined : variants.map((each) => describeVariant(each)),
    FailureReason: reason === '' ? undefined : reason,
    LastDeploymentConfig: LastDeploymentConfig ?? undefined,
    PendingDeploymentSummary: deployment === undefined ? undefined : describePending(deployment),
    CreationTime: found.created / 1000,
    LastModifiedTime: found.modified / 1000,
  });
}

function describePending({ config, started, variants, stage }: Deployment): JsonObject {
  const since = 'since' in stage ? stage.since : started;
  const VariantStatus = [{ Status: STATUSES[stage.name], StartTime: since / 1000 }];
  return compact({
    ...{ EndpointConfigName: config, StartTime: started / 1000 },
    ProductionVariants:
      variants.length === 0
        ? undefined
        : variants.map((each): Json => ({ ...describeVariant(each, each.port > 0), VariantStatus })),
  });
}

/** @param isUp whether its instances are there already */
function describeVariant(variant: Variant, isUp = true): JsonObject {
  const { name, weight, instances, desired, image, created, serverless } = variant;
  const wanted = desired ?? { weight, instances, serverless };
  const counts = { CurrentInstanceCount: isUp ? instances : 0, DesiredInstanceCount: wanted.instances };
  return compact({
    ...{ VariantName: name, CurrentWeight: weight, DesiredWeight: wanted.weight },
    ...(serverless === undefined && counts),
    // An image here has no digest that it could be resolved to.
    DeployedImages: [{ SpecifiedImage: image, ResolvedImage: image, ResolutionTime: created / 1000 }],
    CurrentServerlessConfig: serverless && compact(serverless),
    DesiredServerlessConfig: desired?.serverless && compact(desired.serverless),
  });
}
