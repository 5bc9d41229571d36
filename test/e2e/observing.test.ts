import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { attributes } from '../../workflows/messages.ts';
import { accessibilityFaults, HAS_BROWSER, useBrowser } from '../support/browser.ts';
import { crossfold, runOf, type Ended } from '../support/cli.ts';
import { FAILING } from '../support/failing.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith } from '../support/pipelines.ts';

const stack = useLocalStack();
const browser = useBrowser();
cleanPipelines();

const TUNED = `pipeline: titanic
data: { file: titanic.csv }
split: { folds: 2 }
algorithms:
  logistic_regression: { ranges: { C: { type: continuous, min: 0.1, max: 10, scaling: logarithmic } } }
  random_forest: { hyperparameters: { n_estimators: 10 } }
tuning: { trials: 3, tune: all }
`;

let good: string;
let failed: Ended;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'crossfold-observing-'));
  const ended = await stack().cli('run', await pipelineWith({ pipeline: TUNED }), '--json');
  expect(ended.code, ended.stderr).toBe(0);
  good = `titanic/${runOf(ended)}`;
  failed = await stack().cli('run', await pipelineWith(FAILING));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** The runs that a query finds. */
async function found(query: string): Promise<{ id: string; cost: number; stage: string }[]> {
  const runs = [];
  for await (const { workflowId, typedSearchAttributes: known } of stack().temporal.workflow.list({ query }))
    runs.push({ id: workflowId, cost: known.get(attributes.cost) ?? 0, stage: known.get(attributes.stage) ?? '' });
  return runs;
}

const metadata = z.object({ currentDetails: z.string() });

async function detailsOf(run: string): Promise<string> {
  const handle = stack().temporal.workflow.getHandle(run);
  return metadata.parse(await handle.query('__temporal_workflow_metadata')).currentDetails;
}

describe('in Temporal', () => {
  test('all failed runs of titanic this week with an AUC under 0.8 are one query', async () => {
    const week = new Date(Date.now() - 7 * 24 * 3600 * 1000).toISOString();
    const ofWeek = `CrossfoldPipeline = 'titanic' AND StartTime > '${week}'`;
    const [run, ...others] = await found(`${ofWeek} AND ExecutionStatus = 'Failed' AND CrossfoldScore < 0.8`);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ stage: 'final' });
    expect(run?.cost).toBeGreaterThan(0);
    const better = await found(
      `${ofWeek} AND CrossfoldScore >= 0.8 AND CrossfoldAlgorithm != 'brittle' AND CrossfoldCost > 0`,
    );
    expect(better).toMatchObject([{ id: good, stage: 'report' }]);
  });

  test('a failed run says the cause first, then the end of the job’s log, then what to do', () => {
    expect(failed.code).toBe(1);
    const lines = failed.stderr.trim().split('\n');
    const cause = lines.findIndex((line) => /^final: job .* failed: .*more rows than this model can bear/.test(line));
    const log = lines.findIndex((line) => /^ {2}crossfold\.failure\.CrossfoldError: The final fit/.test(line));
    const wayOut = lines.findIndex((line) => line.includes('run the pipeline again'));
    expect([cause >= 0, log > cause, wayOut > log], failed.stderr).toEqual([true, true, true]);
  });

  test('a run explains itself: its details, and the names of its activities', async () => {
    const details = await detailsOf(good);
    expect(details).toContain('**Stage** report');
    expect(details).toMatch(/\| logistic_regression \| 0\.\d{4} \| 0\.\d{4} \| 0\.\d{4} \| 0\.\d{4} \|/);
    expect(details).toMatch(/\*\*cost so far\*\* USD 0\.\d{4}/);
    expect(details).toContain(`crossfold report ${good} --open`);
    const { events } = await stack().temporal.workflow.getHandle(good).fetchHistory();
    const summaries = (events ?? []).map(({ userMetadata }) =>
      Buffer.from(userMetadata?.summary?.data ?? '').toString(),
    );
    expect(summaries.join('\n')).toMatch(/holdout: processing job titanic-[0-9a-f]+-holdout/);
  });
});

describe('the report of a run', () => {
  test('is saved whole, with what its jobs have left', async () => {
    const file = join(scratch, 'report.html');
    const ended = await stack().cli('report', good, '--output', file);
    expect(ended.code, ended.stderr).toBe(0);
    const page = await readFile(file, 'utf8');
    for (const title of [
      'Scores',
      'Search',
      'Predictions',
      'Importance of columns',
      'Jobs, time and cost',
      'Leakage evidence',
    ])
      expect(page.includes(`>${title}</h2>`), title).toBe(true);
    expect(page).not.toContain('<script');
  });

  test.skipIf(!HAS_BROWSER)('can be read by everyone, without scripts', async () => {
    const page = await browser().newPage();
    await page.setBypassCSP(true);
    const file = join(scratch, 'shown.html');
    expect((await stack().cli('report', good, '--output', file)).code).toBe(0);
    await page.goto(`file://${file}`);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('is refused of a run that failed, with what it is', async () => {
    const [run] = await found("ExecutionStatus = 'Failed' AND CrossfoldAlgorithm = 'brittle'");
    const ended = await stack().cli('report', run?.id ?? '');
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('is failed; only a completed run has a report');
  });
});

test('setup registers what runs are searched by at another server, once', async () => {
  const workflowExecutionRetentionPeriod = msToTs('1 day');
  const namespace = 'other';
  await stack().temporal.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  const variables = { TEMPORAL_ADDRESS: stack().variables['TEMPORAL_ADDRESS'] ?? '', TEMPORAL_NAMESPACE: namespace };
  const setup = async (): Promise<Ended> => await crossfold(stack().places.home, ['setup', '--temporal'], variables);
  await expect
    .poll(async () => (await setup()).stderr, { timeout: 60_000 })
    .toContain('all search attributes were there');
});
