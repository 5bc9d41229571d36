import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { beforeAll, expect, test } from 'vitest';
import { useBrowser } from '../support/browser.ts';
import { runOf } from '../support/cli.ts';
import { FAILING } from '../support/failing.ts';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, slowPipeline } from '../support/pipelines.ts';

const stack = useLocalStack();
const browser = useBrowser();
cleanPipelines();

const EXAMPLE = fileURLToPath(new URL('../../examples/titanic/pipeline.yaml', import.meta.url));
const image = (name: string): string => fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));

const RUNNING = `pipeline: titanic
data: { file: titanic.csv }
batch: 1
algorithms:
  logistic_regression: {}
  random_forest: {}
  slow: { hyperparameters: { seconds: 20 } }
`;

let completed: string;
let failed: string;
let running: string;

beforeAll(async () => {
  const whole = await stack().cli('run', EXAMPLE, '--json');
  expect(whole.code, whole.stderr).toBe(0);
  completed = `titanic/${runOf(whole)}`;
  expect((await stack().cli('run', await pipelineWith(FAILING))).code).toBe(1);
  failed = await newest("ExecutionStatus = 'Failed' AND WorkflowType = 'pipelineWorkflow'");
  const slow = await pipelineWith({ ...slowPipeline(20), pipeline: RUNNING });
  expect((await stack().cli('run', slow, '--detach')).code).toBe(0);
  running = await newest("ExecutionStatus = 'Running' AND WorkflowType = 'pipelineWorkflow'");
});

async function newest(query: string): Promise<string> {
  for await (const { workflowId } of stack().temporal.workflow.list({ query })) return workflowId;
  throw new Error(`no run of ${query}`);
}

/** A page of the Web UI, once it shows a text. */
async function webUi(path: string, text: string, height: number): Promise<Page> {
  const page = await browser().newPage();
  await page.setViewport({ width: 1400, height });
  await page.goto(`${stack().variables['CROSSFOLD_UI_URL'] ?? ''}/namespaces/default/${path}`);
  // The Web UI shows Markdown in a frame of its own.
  const shown = async (): Promise<string> =>
    (await Promise.all(page.frames().map(async (frame) => await frame.content()))).join('\n');
  await expect.poll(shown, { timeout: 30_000 }).toContain(text);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  await writeFile(image(name), await page.screenshot({ type: 'png' }));
  await page.close();
}

test('the list of runs, found by an attribute', async () => {
  const query = encodeURIComponent(
    `CrossfoldPipeline = "titanic" AND ExecutionStatus = "Failed" AND CrossfoldScore < 0.8`,
  );
  await shoot(await webUi(`workflows?query=${query}`, failed, 520), 'web-ui-list');
});

test('a run that is running', async () => {
  await expect
    .poll(async () => JSON.stringify(await stack().temporal.workflow.getHandle(running).query('state')), {
      timeout: 120_000,
    })
    .toContain('0.8');
  const { runId } = await stack().temporal.workflow.getHandle(running).describe();
  const path = `workflows/${encodeURIComponent(running)}/${runId}/user-metadata`;
  await shoot(await webUi(path, 'cost so far', 800), 'web-ui-running');
});

test('a run that failed', async () => {
  await shoot(await webUi(`workflows/${encodeURIComponent(failed)}`, 'more rows than', 900), 'web-ui-failed');
});

test.each(['light', 'dark'])('the report, %s', async (scheme) => {
  const file = `${stack().places.home}/report.html`;
  expect((await stack().cli('report', completed, '--output', file)).code).toBe(0);
  const page = await browser().newPage();
  await page.setViewport({ width: 1080, height: 1300 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(`file://${file}`);
  await shoot(page, `report-${scheme}`);
});
