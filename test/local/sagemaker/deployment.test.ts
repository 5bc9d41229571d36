import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploymentConfig, type DeploymentConfig } from '../../../local/sagemaker/endpoints/deployment-config.ts';
import { advance, planOf, trafficOf, waitsOf, type Stage } from '../../../local/sagemaker/endpoints/deployment.ts';

const percent = (Value: number) => ({ Type: 'CAPACITY_PERCENT', Value });

function canary(size: object, wait = 10, bake = 0): DeploymentConfig {
  return blueGreen({ Type: 'CANARY', CanarySize: size, WaitIntervalInSeconds: wait }, bake);
}

function linear(size: object, wait = 10): DeploymentConfig {
  return blueGreen({ Type: 'LINEAR', LinearStepSize: size, WaitIntervalInSeconds: wait }, 0);
}

function blueGreen(routing: object, bake: number): DeploymentConfig {
  const policy = { TrafficRoutingConfiguration: routing, TerminationWaitInSeconds: bake };
  return deploymentConfig.parse({ BlueGreenUpdatePolicy: policy });
}

function rolling(size: object, wait = 10): DeploymentConfig {
  return deploymentConfig.parse({ RollingUpdatePolicy: { MaximumBatchSize: size, WaitIntervalInSeconds: wait } });
}

function shares(config: DeploymentConfig, instances = 1): number[] {
  return planOf(config, instances).steps.map(({ share }) => Math.round(share * 1000) / 1000);
}

describe('the steps of a deployment', () => {
  it.each([
    ['without settings', deploymentConfig.parse({}), 1, [1]],
    ['at once', blueGreen({ Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 9 }, 5), 1, [1]],
    ['a canary', canary(percent(15)), 1, [0.15, 1]],
    ['a canary of instances', canary({ Type: 'INSTANCE_COUNT', Value: 2 }), 8, [0.25, 1]],
    ['linear', linear(percent(25)), 1, [0.25, 0.5, 0.75, 1]],
    ['linear with a rest', linear(percent(40)), 1, [0.4, 0.8, 1]],
    ['linear in instances', linear({ Type: 'INSTANCE_COUNT', Value: 1 }), 3, [0.333, 0.667, 1]],
    ['rolling', rolling(percent(50)), 1, [0.5, 1]],
  ])('%s', (_, config, instances, expected) => {
    expect(shares(config, instances)).toEqual(expected);
  });

  it('wait between them, and after the last batch of a rolling one', () => {
    expect(waitsOf(planOf(canary(percent(10), 10, 5), 1))).toBe(15_000);
    expect(waitsOf(planOf(linear(percent(25), 10), 1))).toBe(30_000);
    expect(waitsOf(planOf(rolling(percent(25), 10), 1))).toBe(40_000);
  });
});

describe('a deployment', () => {
  it('goes through its steps, then bakes, then is done', () => {
    const plan = planOf(canary(percent(10), 10, 5), 1);
    const seen: [number, string, number][] = [];
    let stage: Stage = { name: 'Creating' };
    for (let now = 0; stage.name !== 'Done'; now += 1000) {
      const next = advance(plan, stage, 0, now, undefined);
      if (next !== stage) seen.push([now / 1000, next.name, trafficOf(plan, next)]);
      stage = next;
    }
    expect(seen).toEqual([
      [0, 'Shifting', 0.1],
      [10, 'Shifting', 1],
      [11, 'Baking', 1],
      [16, 'Done', 1],
    ]);
  });

  it('goes back for an alarm from every stage but the last', () => {
    const plan = planOf(canary(percent(10)), 1);
    for (const stage of [
      { name: 'Creating' },
      { name: 'Shifting', step: 0, since: 0 },
      { name: 'Baking', since: 0 },
    ] satisfies Stage[]) {
      expect(advance(plan, stage, 0, 0, 'it rings')).toEqual({ name: 'RollingBack', reason: 'it rings' });
    }
    expect(advance(plan, { name: 'Done' }, 0, 0, 'it rings').name).toBe('Done');
  });

  it('goes back when its time is over', () => {
    const plan = planOf(canary(percent(10), 3600), 1);
    const stage = advance(plan, { name: 'Shifting', step: 0, since: 28_799_000 }, 0, 28_800_000, undefined);
    const reason = 'The deployment did not end within its maximum execution timeout of 28800 seconds.';
    expect(stage).toEqual({ name: 'RollingBack', reason });
  });

  it('never moves traffic back while nothing is wrong, and ends with all of it', () => {
    const sizes = fc.integer({ min: 10, max: 50 });
    const waits = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(fc.constantFrom(canary, linear, rolling), sizes, waits, (make, size, wait) => {
        const plan = planOf(make(percent(size), wait), 1);
        let stage: Stage = { name: 'Creating' };
        let before = 0;
        for (let now = 0; stage.name !== 'Done'; now += 500) {
          stage = advance(plan, stage, 0, now, undefined);
          expect(trafficOf(plan, stage)).toBeGreaterThanOrEqual(before);
          before = trafficOf(plan, stage);
        }
        expect(before).toBe(1);
      }),
    );
  });
});
