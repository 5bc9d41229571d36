import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/** Where the browser is unpacked: not in a folder that others may write to. */
const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/chromium/', import.meta.url));

/** The package carries Chromium for Linux alone. */
export const HAS_BROWSER = process.platform === 'linux' && process.arch === 'x64';

const UNPACK = `
const { default: chromium } = await import('@sparticuz/chromium');
console.log(JSON.stringify({ path: await chromium.executablePath(), args: chromium.args }));
`;

const unpacked = z.object({ path: z.string(), args: z.array(z.string()) });

/**
 * Starts a headless Chromium from the npm package, with the libraries and fonts that the package brings. These it unpacks
 * for AWS Lambda only, and into the temporary folder: both are what the variables below say.
 */
async function launchBrowser(): Promise<Browser> {
  await mkdir(FOLDER, { recursive: true });
  const env = { ...process.env, TMPDIR: FOLDER, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' };
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', UNPACK], {
    env,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  const { path, args } = unpacked.parse(JSON.parse(stdout));
  const variables = {
    LD_LIBRARY_PATH: join(FOLDER, 'al2023/lib'),
    FONTCONFIG_FILE: await fontSettings(),
  };
  return await launch({ executablePath: path, args, headless: 'shell', env: { ...process.env, ...variables } });
}

/** The package's own settings look for its fonts where AWS Lambda has them; without any font Chromium ends at the first text. */
async function fontSettings(): Promise<string> {
  const folders = [join(FOLDER, 'fonts'), '/usr/share/fonts'].map((folder) => `<dir>${folder}</dir>`);
  const file = join(FOLDER, 'fonts.conf');
  // Whole before it is there: browsers of other test files may be reading it.
  const draft = `${file}.${process.pid}`;
  await writeFile(
    draft,
    `<?xml version="1.0"?><fontconfig>${folders.join('')}<cachedir>${join(FOLDER, 'font-cache')}</cachedir></fontconfig>\n`,
  );
  await rename(draft, file);
  return file;
}

/** A browser for the tests of a file. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (HAS_BROWSER) browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return () => {
    if (browser === undefined) throw new Error('there is no browser here');
    return browser;
  };
}

const findings = z.array(
  z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
);

/** What axe finds wrong for people with disabilities, by the rules of WCAG 2.2 AA and good practice. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const found: unknown = await page.evaluate('axe.run().then(({ violations }) => violations)');
  return findings.parse(found).map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0]?.html ?? ''})`);
}
