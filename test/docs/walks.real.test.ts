import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readPlaces } from '../../config/home.ts';
import { down } from '../../local/stack/stack.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { blocks, pages, pageText } from '../support/pages.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';
import { TableInS3 } from '../support/table.ts';
import { approvedPipeline, startDetached, untilWaiting } from '../support/waiting.ts';
import { Walk } from '../support/walk.ts';

const stack = useLocalStack();
cleanPipelines();

/** A run as pages name one. */
const RUN = /(churn|titanic|passengers)\/2026-11-25T[\w-]+/;

const WALKS: Readonly<Record<string, (walk: Walk) => Promise<void>>> = {
  'README.md': async (walk) => {
    await writeFile(join(walk.folder, 'customers.csv'), customers());
    walk.skip('npm'); // Fetches the project, and runs its demo and its tests: tests of their own.
    await walk.next();
    const [preprocessing = ''] = blocks(walk.text, 'python');
    const [pipeline = ''] = blocks(walk.text, 'yaml');
    await writeFile(join(walk.folder, 'mine/scripts/preprocessing.py'), preprocessing);
    await writeFile(join(walk.folder, 'mine/pipeline.yaml'), pipeline);
    await walk.next();
    await walk.next();
    const answers = await readFile(join(walk.folder, 'answers.json'), 'utf8');
    expect(answers).toContain('predictions');
    await walk.next();
  },

  'docs/tutorial.md': async (walk) => {
    for (let step = 0; step < 7; step += 1) await walk.next();
    await expect.poll(() => runs('passengers', 'completed')).toHaveLength(2);
    const [newest = '', before = ''] = await runs('passengers', 'completed');
    await walk.next((block) => block.replace(RUN, before).replace(RUN, newest));
    await walk.next();
    // The stack serves the pages after this one as well.
    await walk.next((block) => block.replace('npx crossfold down', ''));
  },

  'docs/how-to/again.md': async (walk) => {
    const licence = join(walk.folder, 'licence');
    const source = await pipelineWith({
      pipeline: `${SMALL.replace('pipeline: small', 'pipeline: churn').replace('logistic_regression: { hyperparameters: { C: 1.0 } }', RANGED)}deploy: { endpoint: churn }\n`,
      scripts: { 'algorithms/licensed.py': licensed(licence) },
    });
    const failed = await stack().cli('run', source, '--json');
    expect(failed.code).not.toBe(0);
    await writeFile(licence, '');
    await expect.poll(() => runs('churn', 'failed')).toHaveLength(1);
    const [newest = ''] = await runs('churn', 'failed');
    const named = (block: string): string => block.replace(RUN, newest);
    await walk.next(named);
    await walk.next(named);
    await walk.next();
  },

  'docs/how-to/approve.md': async (walk) => {
    const started = [];
    for (const endpoint of ['churn', 'churn-b', 'churn-c']) started.push(await waitingRun(endpoint));
    const [approved = '', rejected = '', held = ''] = started;
    const { stdout } = await walk.next((block) => block.replace(RUN, approved));
    expect(stdout).toContain('waiting for approval');
    await walk.next((block) => block.replace(RUN, approved).replace(RUN, rejected));
    await walk.next((block) => block.replaceAll(new RegExp(RUN, 'g'), held));
    await stack().cli('cancel', held);
  },

  'docs/how-to/encrypt.md': async (walk) => {
    const home = join(walk.folder, 'home');
    walk.set({ CROSSFOLD_HOME: home });
    try {
      await walk.next();
      walk.set({ CROSSFOLD_CODEC_KEYS: join(walk.folder, 'codec.keys') });
      await walk.nextUntil('http://127.0.0.1');
    } finally {
      await down({ places: { ...readPlaces(), home }, purge: true });
    }
  },

  'docs/how-to/schedule.md': async (walk) => {
    const table = new TableInS3(stack(), 'customers');
    await table.begin();
    const [asWritten = ''] = blocks(walk.text, 'yaml');
    const pipeline = asWritten.replace('s3://my-bucket/tables/customers.csv', table.uri);
    const source = await pipelineWith({ pipeline });
    const mine = (block: string): string => block.replaceAll('churn.yaml', source);
    const { stdout } = await walk.next(mine);
    expect(stdout).toContain('nightly: active');
    await walk.next(mine);
    walk.skip('aws');
    await walk.next(mine);
    await endAll();
  },

  'docs/how-to/watch.md': async (walk) => {
    const run = await startDetached(stack(), SMALL.replace('pipeline: small', 'pipeline: titanic'));
    await stack().temporal.workflow.getHandle(run).result();
    await walk.next((block) => block.replace(RUN, run));
    expect(await readFile(join(walk.folder, 'titanic.html'), 'utf8')).toContain('<!doctype html>');
    const [query = ''] = blocks(walk.text, 'sql');
    expect((await stack().temporal.workflow.count(query)).count).toBe(0);
  },

  'docs/methods.md': async (walk) => {
    await walk.next();
    expect(await readFile(join(walk.folder, 'methods.md'), 'utf8')).toContain('| bundled');
  },

  'docs/aws.md': async (walk) => {
    // No account is here: what makes its bucket, roles and images is left out.
    for (const tool of ['aws', 'aws', 'aws', 'docker']) walk.skip(tool);
    await stack().kill('worker');
    walk.set(stack().variables);
    const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = 'default', CROSSFOLD_UI_URL = '' } = stack().variables;
    await walk.next((block) =>
      [TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, CROSSFOLD_UI_URL].reduce((text, value) => text.replace('…', value), block),
    );
    await walk.next();
    await walk.next();
    walk.skip('aws');
    await stack().restart();
  },
};

const withBlocks: string[] = [];
for (const page of await pages()) if (blocks(await pageText(page), 'sh').length > 0) withBlocks.push(page);

test.each(withBlocks)(
  'every command of %s runs as it is written',
  async (page) => {
    const walk = await Walk.begin(page, stack().places);
    try {
      const through = WALKS[page];
      expect(through, `${page} has commands, and nothing here runs them`).toBeDefined();
      await through?.(walk);
      expect(walk.left).toEqual([]);
    } finally {
      await walk.end();
    }
  },
  600_000,
);

/** The runs of a pipeline in a status, the newest first. */
async function runs(pipeline: string, status: string): Promise<string[]> {
  const { stdout } = await stack().cli('list', '--json');
  const found = z.array(z.object({ run: z.string(), status: z.string() })).parse(JSON.parse(stdout));
  return found.flatMap((each) => (each.run.startsWith(`${pipeline}/`) && each.status === status ? [each.run] : []));
}

/** Ends what a schedule has started, which goes on without it. */
async function endAll(): Promise<void> {
  const { workflow } = stack().temporal;
  const query = "ExecutionStatus = 'Running' AND WorkflowType != 'temporal-sys-scheduler-workflow'";
  const running = async (): Promise<number> => {
    for await (const { workflowId } of workflow.list({ query })) await workflow.getHandle(workflowId).cancel();
    return (await workflow.count(query)).count;
  };
  await expect.poll(running, { timeout: 60_000, interval: 1000 }).toBe(0);
}

async function waitingRun(endpoint: string): Promise<string> {
  const run = await startDetached(stack(), approvedPipeline(endpoint).replace('pipeline: small', 'pipeline: churn'));
  await untilWaiting(stack(), run);
  return run;
}

/** 300 customers; those who visit little, and on the dear plan, tend to leave. */
function customers(): string {
  const rows = Array.from({ length: 300 }, (_, index) => {
    const [age, visits] = [18 + ((index * 7) % 60), (index * 13) % 20];
    const plan = ['basic', 'plus', 'dear'][index % 3] ?? '';
    const churned = visits + ((index * 31) % 11) < (plan === 'dear' ? 16 : 10) ? 'yes' : 'no';
    return [age, visits, plan, ['CH', 'DE', 'FR', 'IT'][(index * 17) % 4], churned].join(',');
  });
  return ['age,visits,plan,country,churned', ...rows, ''].join('\n');
}

const RANGED = 'licensed: { ranges: { C: { type: continuous, min: 0.1, max: 10 } } }';

/** A logistic regression that cannot be fitted before a file is there: what fails is no part of the content. */
function licensed(file: string): string {
  return `from pathlib import Path

from sklearn.linear_model import LogisticRegression


def build(hyperparameters, seed):
    if not Path(${JSON.stringify(file)}).exists():
        raise OSError("the licence server is away")
    return LogisticRegression(**hyperparameters)
`;
}
