import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { HAS_BROWSER, useBrowser } from '../support/browser.ts';
import { ROOT } from '../support/pages.ts';
import { freeAddress } from '../support/worker.ts';

const VITEPRESS = join(ROOT, 'node_modules/vitepress/bin/vitepress.js');

const browser = useBrowser();
let [server, site]: [ChildProcess | undefined, string] = [undefined, ''];

beforeAll(async () => {
  // It fails where a link leads nowhere.
  await promisify(execFile)(process.execPath, [VITEPRESS, 'build', 'docs'], { cwd: ROOT });
  site = await freeAddress();
  const [, port = ''] = site.split(':');
  server = spawn(process.execPath, [VITEPRESS, 'preview', 'docs', '--port', port], { cwd: ROOT, stdio: 'ignore' });
  const answers = async (): Promise<void> => expect((await fetch(`http://${site}/`)).status).toBe(200);
  await vi.waitFor(answers, { timeout: 60_000, interval: 100 });
});
afterAll(async () => {
  if (server === undefined) return;
  server.kill();
  await once(server, 'exit');
});

test.each(['', 'tutorial', 'how-to/watch', 'reference/cli', 'observability/'])('/%s is a page', async (path) => {
  const { status } = await fetch(`http://${site}/${path}`);
  expect(status).toBe(200);
});

test.runIf(HAS_BROWSER)('the figures of a page are drawn', async () => {
  const page = await browser().newPage();
  const faults: unknown[] = [];
  page.on('pageerror', (error) => faults.push(error));
  await page.goto(`http://${site}/methods`);
  const drawn = (): Promise<unknown> => page.evaluate("[...document.querySelectorAll('main figure')].map((each) => each.querySelector('svg') !== null)"); // prettier-ignore
  await expect.poll(drawn, { timeout: 60_000 }).toEqual(Array.from({ length: 7 }, () => true));
  expect(faults).toEqual([]);
  await page.close();
});
