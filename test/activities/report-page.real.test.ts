import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'puppeteer-core';
import { draw } from '../../activities/draw.ts';
import { reportPage } from '../../core/report/page.ts';
import { accessibilityFaults, HAS_BROWSER, useBrowser } from '../support/browser.ts';
import { PLAIN, reportWith, type Names } from '../support/report.ts';

/** Of a page, each with a heading. */
const SECTIONS = 9;

const HOSTILE: Names = {
  algorithm: '<script>fault(1)</script>',
  classes: ['</svg><script>fault(2)</script>', '"><img src=x onerror=fault(3)>', "' onload='fault(4)"],
  feature: '</text></svg><iframe srcdoc="<script>parent.fault(5)</script>">',
  hyperparameter: "a.b[0]['c']\\\"</style><script>fault(6)</script>",
  value: '{"signal": "fault(7)"} ${fault(8)} &amp; &lt;',
};

describe('the page of a report', () => {
  let page: string;
  beforeAll(async () => {
    page = await reportPage(reportWith(), draw);
  });

  test('is whole in itself', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe)\b/);
    expect(page.match(/(?:src|href)="(?!#)[^"]*"/g)).toBeNull();
    expect(page).not.toContain('@import');
  });

  test('has the numbers of the run in words and tables', () => {
    for (const text of ['0.8500 ± 0.0100', 'forest (tuned)', 'saved 1 of 9 fits', 'USD 0.0005', 's3://b/d.csv', 'age'])
      expect(page).toContain(text);
  });

  test('leaves out what its jobs have not left', async () => {
    const bare = { ...reportWith(), outOfFold: [], holdout: undefined, importance: undefined };
    const text = await reportPage({ ...bare, result: { ...bare.result, tuned: [] } }, draw);
    for (const title of ['Predictions', 'Importance of columns', 'Search']) {
      expect(page).toContain(`>${title}</h2>`);
      expect(text).not.toContain(`>${title}</h2>`);
    }
  });

  test('of a regression shows residuals', async () => {
    const text = await reportPage(reportWith({ ...PLAIN, classes: [] }), draw);
    expect(text).toContain('Residuals');
    expect(text).not.toContain('ROC. ');
  });
});

describe.skipIf(!HAS_BROWSER)('in a browser, the page of a report', () => {
  const browser = useBrowser();

  async function open(names: Names, scheme: 'light' | 'dark', width: number): Promise<Page> {
    const page = await browser().newPage();
    await page.setViewport({ width, height: 800 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    // The tests need scripts in the page; without its policy the page itself still must not have any.
    await page.setBypassCSP(true);
    await page.evaluate('globalThis.faults = []; globalThis.fault = (id) => faults.push(id)');
    // A script that runs would be noticed.
    await page.setContent('<script>fault("control")</script>');
    expect(await page.evaluate('faults.splice(0)')).toEqual(['control']);
    await page.setContent(await reportPage(reportWith(names), draw));
    return page;
  }

  test.each(['light', 'dark'] as const)('has no fault for people with disabilities, %s', async (scheme) => {
    const page = await open(PLAIN, scheme, 1000);
    expect(await accessibilityFaults(page)).toEqual([]);
    const pictures = (await page.$$('figure [role=img] > svg')).length;
    const described = (await page.$$('[role=img][aria-label]')).length;
    expect(pictures).toBeGreaterThanOrEqual(8);
    expect(described).toBe(pictures);
    const background: unknown = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 28)');
  });

  test('has headings in order, and landmarks', async () => {
    const page = await open(PLAIN, 'light', 1000);
    const headings = await page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map((each) => each.tagName)");
    expect(headings).toEqual(['H1', ...Array.from({ length: SECTIONS }, () => 'H2')]);
    for (const landmark of ['header', 'nav', 'main', 'footer'])
      expect(await page.$$(`body > ${landmark}`)).toHaveLength(1);
  });

  test.each([360, 1400])('fits a window of %i pixels', async (width) => {
    const page = await open(PLAIN, 'light', width);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  test('runs nothing that data brings, and shows it as it is', async () => {
    const page = await open(HOSTILE, 'light', 1000);
    expect(await page.$$('script, img, iframe, [onload], [onerror]')).toHaveLength(0);
    expect(await page.evaluate('faults')).toEqual([]);
    expect(await page.$$('main > section')).toHaveLength(SECTIONS);
    const text: unknown = await page.evaluate('document.body.textContent');
    for (const name of [HOSTILE.algorithm, ...HOSTILE.classes, HOSTILE.feature, HOSTILE.hyperparameter, HOSTILE.value])
      expect(text).toContain(name);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
