import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const result = z.object({
  run: z.string(),
  jobs: z.array(z.object({ step: z.string(), reused: z.boolean() })),
  winner: z.object({ setting: z.object({ hyperparameters: z.object({ C: z.number() }) }) }),
});

function answerOf(stdout: string): { name: string; started: string[]; C: number } {
  const { run, jobs, winner } = result.parse(JSON.parse(stdout));
  const started = jobs.flatMap(({ step, reused }) => (reused ? [] : [step])).sort();
  return { name: run, started, C: winner.setting.hyperparameters.C };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfold-retry-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Fails until a file is there: what fails is no part of the content. */
function flaky(file: string): string {
  return `from pathlib import Path

from sklearn.linear_model import LogisticRegression


def build(hyperparameters, seed):
    if not Path(${JSON.stringify(file)}).exists():
        raise OSError("the licence server is away")
    return LogisticRegression(**hyperparameters)
`;
}

describe('a run that failed', () => {
  test('is retried under its name from the step that failed', async () => {
    const file = join(folder, 'licence');
    const pipeline = SMALL.replace('logistic_regression', 'flaky').replace('pipeline: small', 'pipeline: retried');
    const source = await pipelineWith({ pipeline, scripts: { 'algorithms/flaky.py': flaky(file) } });
    const failed = await stack().cli('run', source, '--no-reuse');
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('the licence server is away')]);
    const [run] = /retried\/\S+/.exec(failed.stderr) ?? [''];

    await writeFile(file, '');
    const before = new Set((await stack().jobs()).map(({ name }) => name));
    const retried = await stack().cli('retry', run, '--json');
    expect(retried.code, retried.stderr).toBe(0);
    const { name, started } = answerOf(retried.stdout);
    expect(`retried/${name}`).toBe(run);
    // The split is taken over; every fit is made now.
    expect(started).toEqual(expect.arrayContaining(['fold-0/train-1', 'fold-1/train-1', 'final', 'holdout']));
    expect(started).not.toContain('split');
    expect((await stack().jobs()).filter((job) => !before.has(job.name))).toHaveLength(started.length);

    const again = await stack().cli('retry', run);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is completed')]);
  });
});

describe('a run like another one', () => {
  test('runs what the changes change, and refuses what the file would be refused for', async () => {
    const ran = await stack().cli('run', await pipelineWith({ pipeline: SMALL }), '--json');
    const first = answerOf(ran.stdout);
    const wrong = await stack().cli('rerun', first.name, '--set', 'split.folds=1');
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('split.folds: found 1; allowed: at least 2'),
    ]);
    const unknown = await stack().cli('rerun', first.name, '--set', 'algorithms.mine={}');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("found mine; the run's scripts have:")]);

    const change = 'algorithms.logistic_regression.hyperparameters.C=0.5';
    const rerun = await stack().cli('rerun', first.name, '--set', change, '--json');
    expect(rerun.code, rerun.stderr).toBe(0);
    const second = answerOf(rerun.stdout);
    expect([first.C, second.C]).toEqual([1, 0.5]);
    expect(second.name).not.toBe(first.name);
    expect(second.started).toEqual(['final', 'fold-0/train-1', 'fold-1/train-1', 'holdout']);
  });
});

describe('a rollback', () => {
  const served = async (): Promise<string | undefined> =>
    (await stack().sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'back' }))).EndpointConfigName;

  test('takes the endpoint to the config before, and says where there is none', async () => {
    const source = await pipelineWith({ pipeline: `${SMALL}deploy: { endpoint: back }\n` });
    const configs: (string | undefined)[] = [];
    for (const run of ['first', 'second']) {
      const ended = await stack().cli('run', source);
      expect(ended.code, `${run}: ${ended.stderr}`).toBe(0);
      configs.push(await served());
    }
    const [first, second] = configs;
    expect(first).not.toBe(second);
    const back = await stack().cli('rollback', 'back', '--json');
    expect(back.code, back.stderr).toBe(0);
    expect(JSON.parse(back.stdout)).toEqual({ endpoint: 'back', from: second, to: first });
    expect(await served()).toBe(first);
    const none = await stack().cli('rollback', 'back');
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('nothing to go back to')]);
    const nowhere = await stack().cli('rollback', 'nowhere');
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('there is no endpoint nowhere')]);
  });
});
