import { z } from 'zod';
import { validation } from '../errors.ts';

const size = z.object({ Type: z.enum(['INSTANCE_COUNT', 'CAPACITY_PERCENT']), Value: z.number() });
export type CapacitySize = z.infer<typeof size>;

const routing = z.object({
  Type: z.enum(['ALL_AT_ONCE', 'CANARY', 'LINEAR']),
  WaitIntervalInSeconds: z.number(),
  CanarySize: size.optional(),
  LinearStepSize: size.optional(),
});

/** UpdateEndpoint's DeploymentConfig: its shape is checked already by AWS's model. */
export const deploymentConfig = z.object({
  BlueGreenUpdatePolicy: z
    .object({
      TrafficRoutingConfiguration: routing,
      TerminationWaitInSeconds: z.number().default(0),
      MaximumExecutionTimeoutInSeconds: z.number().optional(),
    })
    .optional(),
  RollingUpdatePolicy: z
    .object({
      MaximumBatchSize: size,
      WaitIntervalInSeconds: z.number(),
      MaximumExecutionTimeoutInSeconds: z.number().optional(),
      RollbackMaximumBatchSize: size.optional(),
    })
    .optional(),
  AutoRollbackConfiguration: z
    .object({ Alarms: z.array(z.object({ AlarmName: z.string() })).default([]) })
    .default({ Alarms: [] }),
});
export type DeploymentConfig = z.infer<typeof deploymentConfig>;

/** All traffic at once, and no alarms. */
export const noSettings: DeploymentConfig = { AutoRollbackConfiguration: { Alarms: [] } };

/** The share of a fleet that a size names: 0 to 1, or more where it names more instances than there are. */
export function shareOf({ Type, Value }: CapacitySize, instances: number): number {
  return Type === 'CAPACITY_PERCENT' ? Value / 100 : Value / instances;
}

/**
 * Refuses what AWS refuses beyond the shape.
 *
 * @param instances of the smallest variant that is deployed
 * @throws ServiceError ValidationException
 */
export function requireDeployable(config: DeploymentConfig, instances: number): void {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config;
  if (blueGreen !== undefined && rolling !== undefined)
    throw validation(
      'A deployment is either blue/green or rolling: give BlueGreenUpdatePolicy or RollingUpdatePolicy.',
    );
  if (blueGreen !== undefined) {
    const { Type, CanarySize, LinearStepSize } = blueGreen.TrafficRoutingConfiguration;
    const canary = Type === 'CANARY' ? required('CanarySize', Type, CanarySize) : undefined;
    const linear = Type === 'LINEAR' ? required('LinearStepSize', Type, LinearStepSize) : undefined;
    if (canary === undefined) refused('CanarySize', Type, CanarySize);
    if (linear === undefined) refused('LinearStepSize', Type, LinearStepSize);
    if (canary !== undefined) within('CanarySize', canary, instances, 0, 0.5);
    if (linear !== undefined) within('LinearStepSize', linear, instances, 0.1, 0.5);
  }
  if (rolling !== undefined) {
    within('MaximumBatchSize', rolling.MaximumBatchSize, instances, 0.05, 0.5);
    if (rolling.RollbackMaximumBatchSize !== undefined)
      within('RollbackMaximumBatchSize', rolling.RollbackMaximumBatchSize, instances, 0, 1);
  }
}

function required(member: string, type: string, found: CapacitySize | undefined): CapacitySize {
  if (found === undefined) throw validation(`Traffic routing of type ${type} needs ${member}.`);
  return found;
}

function refused(member: string, type: string, found: CapacitySize | undefined): void {
  if (found !== undefined) throw validation(`Traffic routing of type ${type} takes no ${member}.`);
}

function within(member: string, found: CapacitySize, instances: number, least: number, most: number): void {
  const share = shareOf(found, instances);
  if (share >= least && share <= most) return;
  const bounds = least === 0 ? `at most ${most * 100}%` : `${least * 100}% to ${most * 100}%`;
  throw validation(
    `${member} must be ${bounds} of the variant's capacity; ${found.Value} (${found.Type}) is ${share * 100}% of ${instances}.`,
  );
}
