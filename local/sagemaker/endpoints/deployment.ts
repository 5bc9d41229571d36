import { z } from 'zod';
import { shareOf, type DeploymentConfig } from './deployment-config.ts';

/** How long a deployment may take where it does not say, seconds: the most that AWS allows. */
const LONGEST_S = 28_800;
/** Shares that differ by less than this are the same. */
const EPSILON = 1e-9;

/** Where a deployment is. Times are epoch milliseconds. */
export const stage = z.discriminatedUnion('name', [
  /** The new fleet comes up. */
  z.object({ name: z.literal('Creating') }),
  /** A step's share of the traffic goes to the new fleet. */
  z.object({ name: z.literal('Shifting'), step: z.number(), since: z.number() }),
  /** All traffic goes to the new fleet, and the old one is kept in case. */
  z.object({ name: z.literal('Baking'), since: z.number() }),
  z.object({ name: z.literal('Done') }),
  /** All traffic goes to the old fleet, and the new one ends. */
  z.object({ name: z.literal('RollingBack'), reason: z.string() }),
]);
export type Stage = z.infer<typeof stage>;

/** How traffic moves: a share of it, 0 to 1, for a while, milliseconds. */
export interface Step {
  readonly share: number;
  readonly waitMs: number;
}

export interface Plan {
  /** The last one has all traffic. */
  readonly steps: readonly Step[];
  readonly bakeMs: number;
  readonly timeoutMs: number;
}

/**
 * The steps of a deployment.
 *
 * @param instances of the smallest variant that is deployed
 */
export function planOf(config: DeploymentConfig, instances: number): Plan {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config;
  if (rolling !== undefined) {
    const waitMs = rolling.WaitIntervalInSeconds * 1000;
    // Each batch is watched, the last one as well; then nothing of the old fleet is left to wait for.
    const steps = stepsOf(shareOf(rolling.MaximumBatchSize, instances), waitMs);
    return {
      ...{ steps: [...steps, { share: 1, waitMs }], bakeMs: 0 },
      timeoutMs: (rolling.MaximumExecutionTimeoutInSeconds ?? LONGEST_S) * 1000,
    };
  }
  const all = { share: 1, waitMs: 0 };
  if (blueGreen === undefined) return { steps: [all], bakeMs: 0, timeoutMs: LONGEST_S * 1000 };
  const { CanarySize, LinearStepSize, WaitIntervalInSeconds } = blueGreen.TrafficRoutingConfiguration;
  const waitMs = WaitIntervalInSeconds * 1000;
  const canary = CanarySize === undefined ? [] : [{ share: shareOf(CanarySize, instances), waitMs }];
  const linear = LinearStepSize === undefined ? [] : stepsOf(shareOf(LinearStepSize, instances), waitMs);
  return {
    steps: [...canary, ...linear, all],
    bakeMs: blueGreen.TerminationWaitInSeconds * 1000,
    timeoutMs: (blueGreen.MaximumExecutionTimeoutInSeconds ?? LONGEST_S) * 1000,
  };
}

/** The steps of one size that come before all traffic has moved. */
function stepsOf(size: number, waitMs: number): Step[] {
  const count = Math.ceil(1 / size - EPSILON) - 1;
  return Array.from({ length: count }, (_, index) => ({ share: (index + 1) * size, waitMs }));
}

/** How long all waits of a plan are together, milliseconds. */
export function waitsOf({ steps, bakeMs }: Plan): number {
  return steps.reduce((sum, { waitMs }) => sum + waitMs, bakeMs);
}

/** The share of the traffic that goes to the new fleet, 0 to 1. */
export function trafficOf(plan: Plan, at: Stage): number {
  switch (at.name) {
    case 'Creating':
    case 'RollingBack':
      return 0;
    case 'Shifting':
      return plan.steps[at.step]?.share ?? 1;
    case 'Baking':
    case 'Done':
      return 1;
  }
}

/**
 * The stage that follows, or the same one while there is to be waited.
 *
 * @param started when the deployment began
 * @param trouble what the alarms say against it
 */
export function advance(plan: Plan, at: Stage, started: number, now: number, trouble: string | undefined): Stage {
  if (at.name === 'Done' || at.name === 'RollingBack') return at;
  if (trouble !== undefined) return { name: 'RollingBack', reason: trouble };
  if (now >= started + plan.timeoutMs) {
    const reason = `The deployment did not end within its maximum execution timeout of ${plan.timeoutMs / 1000} seconds.`;
    return { name: 'RollingBack', reason };
  }
  if (at.name === 'Creating') return { name: 'Shifting', step: 0, since: now };
  if (at.name === 'Baking') return now >= at.since + plan.bakeMs ? { name: 'Done' } : at;
  if (now < at.since + (plan.steps[at.step]?.waitMs ?? 0)) return at;
  return at.step + 1 < plan.steps.length
    ? { name: 'Shifting', step: at.step + 1, since: now }
    : { name: 'Baking', since: now };
}
