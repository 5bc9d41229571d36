import {
  DescribeEndpointCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
} from '@aws-sdk/client-sagemaker';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';
import { describeSchedule, fire, schedule } from '../support/schedules.ts';
import { TableInS3 } from '../support/table.ts';

const stack = useLocalStack();
cleanPipelines();

const NAME = 'yearly';
let table: TableInS3;

function pipelineOf(algorithm: string, more = ''): string {
  return `pipeline: retrained
data: { uri: ${table.uri} }
split: { folds: 2 }
algorithms:
  ${algorithm}
deploy: { endpoint: retrained }
${more}`;
}

const FOREST = `random_forest: { hyperparameters: { n_estimators: 50 }, ranges: { max_depth: { type: integer, min: 4, max: 8 } } }`;
const TUNED = 'tuning: { trials: 2, race: off }\n';

async function expectSkip(reason: string, jobs: readonly string[]): Promise<void> {
  const fired = await fire(stack(), NAME);
  expect(fired).toMatchObject({ outcome: 'skipped', jobs });
  expect(fired.reason).toContain(reason);
}

const searched = z.object({
  winner: z.object({ setting: z.object({ hyperparameters: z.unknown() }) }),
  tuned: z.array(z.object({ setting: z.object({ hyperparameters: z.unknown() }) })),
});

/** The winner's hyperparameters in the newest run, and those that its tuning tried first. */
async function newestSearch(): Promise<{ winner: unknown; first: unknown }> {
  const shown = await stack().cli('result', '--json');
  const { winner, tuned } = searched.parse(JSON.parse(shown.stdout));
  return { winner: winner.setting.hyperparameters, first: tuned[0]?.setting.hyperparameters };
}

async function served(): Promise<string | undefined> {
  return (await stack().sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'retrained' }))).EndpointConfigName;
}

/** What the registry says of the newest model. */
async function newest(): Promise<[string | undefined, string | undefined]> {
  const { ModelPackageSummaryList = [] } = await stack().sagemaker.send(
    new ListModelPackagesCommand({ ModelPackageGroupName: 'retrained', MaxResults: 100 }),
  );
  const [last] = [...ModelPackageSummaryList].sort(
    (a, b) => (b.ModelPackageVersion ?? 0) - (a.ModelPackageVersion ?? 0),
  );
  const found = await stack().sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: last?.ModelPackageArn }),
  );
  return [found.ModelApprovalStatus, found.ApprovalDescription];
}

beforeAll(async () => {
  table = new TableInS3(stack(), 'retrained');
  await table.begin();
  const file = await pipelineWith({ pipeline: pipelineOf(FOREST, TUNED) });
  await schedule(stack(), 'create', NAME, file, '--cron', '0 0 1 1 *', '--timezone', 'Europe/Zurich', '--paused');
});

describe('a firing of a schedule', { timeout: 400_000 }, () => {
  test('without a champion trains and deploys one', async () => {
    const fired = await fire(stack(), NAME);
    expect(fired).toMatchObject({ outcome: 'deployed', reason: 'no champion serves retrained yet' });
    expect(await served()).toMatch(/^retrained-.*-serve$/);
  });

  test('without new data starts no job, and says so', async () => {
    await expectSkip('no new data', []);
  });

  test('with new rows that do not drift looks at them once, and trains nothing', async () => {
    await table.add((row, index) => ({ ...row, Fare: `${row['Fare'] ?? '0'}${index % 2}` }));
    await expectSkip('are like the training rows', ['drift']);
    await expectSkip('weighed against this champion before', []);
  });

  test('with drift trains a challenger, from the earlier winner; one that wins is deployed', async () => {
    const before = await served();
    const earlier = await newestSearch();
    // Another population: old, and it is the men who survive.
    await table.add(
      (row, index) => ({
        ...row,
        Age: `${60 + (index % 30)}`,
        Survived: row['Sex'] === 'male' ? '1' : '0',
        Fare: `${index}.25`,
      }),
      2,
    );
    const fired = await fire(stack(), NAME);
    expect(fired.outcome, fired.reason).toBe('deployed');
    expect(fired.reason).toMatch(/new rows drift: .*PSI of Age.*the challenger wins: roc_auc/);
    expect(fired.jobs).toEqual(expect.arrayContaining(['drift', 'challenge', 'final']));
    expect((await newestSearch()).first).toEqual(earlier.winner);
    expect(await served()).not.toBe(before);
    expect(await newest()).toEqual(['Approved', expect.stringContaining('the challenger wins')]);
  });

  test('keeps the champion where neither is better', async () => {
    const before = await served();
    await table.add((row, index) => ({ ...row, Age: `${index % 9}`, Fare: `${row['Fare'] ?? '0'}${index % 7}` }));
    const fired = await fire(stack(), NAME);
    expect(fired.outcome, fired.reason).toBe('kept');
    expect(fired.reason).toContain('the challenger ties');
    expect(await served()).toBe(before);
    expect(await newest()).toEqual(['Rejected', expect.stringContaining('the challenger ties')]);
  });

  test('keeps the champion where the challenger is worse', async () => {
    const before = await served();
    const dummy = `from sklearn.dummy import DummyClassifier\n\n\ndef build(hyperparameters, seed):\n    return DummyClassifier()\n`;
    const file = await pipelineWith({
      pipeline: pipelineOf('dummy: {}', 'retrain: { when: new-data }\n'),
      scripts: { 'algorithms/dummy.py': dummy },
    });
    await schedule(stack(), 'update', NAME, file);
    const fired = await fire(stack(), NAME);
    expect(fired.outcome, fired.reason).toBe('kept');
    expect(fired.reason).toContain('the challenger loses');
    expect(await served()).toBe(before);
    expect((await describeSchedule(stack(), NAME)).state).toBe('paused');
  });
});
