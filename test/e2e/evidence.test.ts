import { bundleWorkflowCode, NativeConnection, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { activityInterceptors } from '../../activities/interceptors.ts';
import { createActivities, type Activities } from '../../activities/index.ts';
import { silent } from '../../activities/telemetry.ts';
import { JOBS_TASK_QUEUE, TASK_QUEUE } from '../../core/names.ts';
import { useLocalStack, type LocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL, type Changes } from '../support/pipelines.ts';

// The worker is the test's own, so that something can go wrong between two of its activities.
const stack = useLocalStack(['temporal', 's3', 'sagemaker']);
cleanPipelines();

let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
  });
});

const folds = z.object({
  rows: z.number(),
  holdout: z.array(z.number()),
  folds: z.array(z.object({ fold: z.number(), train: z.array(z.number()), test: z.array(z.number()) })),
});

/** The real activities; once the split is there, `corrupt` gets at the rows of its folds. */
function corrupted(real: Activities, at: LocalStack, corrupt: (found: z.infer<typeof folds>) => void): Activities {
  return {
    ...real,
    async runJob(spec) {
      const outcome = await real.runJob(spec);
      if (spec.step === 'split') {
        const uri = `${spec.output}folds.json`;
        const found = folds.parse(JSON.parse((await at.objects.readText(uri)) ?? ''));
        corrupt(found);
        await at.objects.writeText(uri, JSON.stringify(found), 'application/json');
      }
      return outcome;
    },
  };
}

async function runWith(
  corrupt: (found: z.infer<typeof folds>) => void,
  changes: Changes = { pipeline: SMALL },
): Promise<{ code: number | null; stderr: string }> {
  const at = stack();
  const endpoint = at.variables['AWS_ENDPOINT_URL_SAGEMAKER'] ?? '';
  const { region, credentials } = at.sagemaker.config;
  const real = createActivities({
    aws: {
      ...{ s3: at.s3, sagemaker: at.sagemaker, logs: new CloudWatchLogsClient({ region, credentials, endpoint }) },
      runtime: new SageMakerRuntimeClient({ region, credentials, endpoint }),
    },
    logger: { info: () => undefined, warn: () => undefined },
    telemetry: silent,
    notifications: { events: [], webhook: undefined, slack: undefined, topic: undefined },
    uiUrl: 'http://127.0.0.1',
    ...{ slots: 2, pollMs: 50, apiRate: 200 },
  });
  const connection = await NativeConnection.connect({ address: at.variables['TEMPORAL_ADDRESS'] ?? '' });
  const activities = corrupted(real, at, corrupt);
  const interceptors = { activity: activityInterceptors };
  const workers = await Promise.all([
    Worker.create({ connection, interceptors, taskQueue: TASK_QUEUE, activities, workflowBundle: bundle }),
    Worker.create({ connection, interceptors, taskQueue: JOBS_TASK_QUEUE, activities }),
  ]);
  const stopped = Promise.all(workers.map((worker) => worker.run()));
  try {
    return await at.cli('run', await pipelineWith(changes), '--no-reuse');
  } finally {
    for (const worker of workers) worker.shutdown();
    await stopped;
    await connection.close();
  }
}

/** A script that gives each fold's preprocessing a test row in place of a training row. */
const LEAKY = `
import pandas as pd
from crossfold.preprocessed import TrainingTable

honest = TrainingTable.parts


def leaky(table, fold):
    train, test = honest(table, fold)
    return pd.concat([train[1:], test[:1]]), test


TrainingTable.parts = leaky
`;

describe('a run', () => {
  test('refuses a fold whose preprocessing was fitted on a test row, naming the fold', async () => {
    const ended = await runWith(({ folds: [, second] }) => {
      const [leaked] = second?.test ?? [];
      if (leaked !== undefined) second?.train.push(leaked);
    });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /fold 1: preprocessing was fitted on 3\d\d rows that are not the fold's 3\d\d training rows/,
    );
  });

  test('refuses a fold whose preprocessing lacked a training row, naming the fold', async () => {
    const ended = await runWith(({ folds: [first] }) => first?.train.pop());
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/fold 0: preprocessing was fitted on/);
  });

  test('refuses a fit whose preprocessing saw a test row in the job that fitted it, naming the fold', async () => {
    const honest = await readFile(new URL('../../examples/titanic/scripts/preprocessing.py', import.meta.url), 'utf8');
    const ended = await runWith(() => undefined, {
      pipeline: `${SMALL}method: indices\n`,
      scripts: { 'preprocessing.py': honest + LEAKY },
    });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /fold [01]: base-logistic_regression was not trained and scored on the rows of its fold/,
    );
  });

  test('takes folds that nobody touched', async () => {
    const ended = await runWith(() => undefined);
    expect(ended.code, ended.stderr).toBe(0);
  });
});
