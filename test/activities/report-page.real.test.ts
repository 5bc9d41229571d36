import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'puppeteer-core';
import { testToTrain } from '../../core/statistics.ts';
import { trialRows } from '../../core/trial-table.ts';
import { draw } from '../../activities/draw.ts';
import { reportPage } from '../../core/report/page.ts';
import { accessibilityFaults, HAS_BROWSER, useBrowser } from '../support/browser.ts';
import { PLAIN, perFoldReport, reportWith, type Names } from '../support/report.ts';

/** Of a page, each with a heading. */
const SECTIONS = 9;

const HOSTILE: Names = {
  algorithm: '<script>fault(1)</script>',
  classes: ['</svg><script>fault(2)</script>', '"><img src=x onerror=fault(3)>', "' onload='fault(4)"],
  feature: '</text></svg><iframe srcdoc="<script>parent.fault(5)</script>">',
  hyperparameter: "a.b[0]['c']\\\"</style><script>fault(6)</script>",
  value: '{"signal": "fault(7)"} ${fault(8)} &amp; &lt;',
};

/** A page as one line of words. */
function wordsOf(page: string): string {
  const text = page.replace(/<style>.*?<\/style>|<svg.*?<\/svg>/gs, '').replace(/<[^>]*>/g, ' ');
  return text.replaceAll('&#39;', "'").replace(/\s+/g, ' ');
}

/** The best, the worst and the base setting of the report, as its table has them. */
function settingRows(): { interval: string; p: string | undefined }[] {
  const { base, tuned, folds, objective, confidence } = reportWith().result;
  const rows = trialRows([...base, ...tuned], objective.goal, { ratio: testToTrain(folds), confidence });
  const shown = rows.map(({ setting: { id }, interval: { low, high }, p }) => ({
    ...{ id, interval: `${low.toFixed(4)} – ${high.toFixed(4)}`, p: p?.toPrecision(2) },
  }));
  return ['t2', 't1', 'base-forest'].flatMap((id) => shown.filter((row) => row.id === id));
}

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

  test('names the best setting where a simpler one was selected', async () => {
    const report = reportWith();
    const passedOver = 'Passed over for a simpler setting forest 0.8500 ± 0.0100, max_depth=5 kind=sqrt';
    expect(wordsOf(page)).not.toContain('Passed over');
    const [simpler] = report.result.tuned;
    if (simpler === undefined) throw new Error('the report has tuned settings');
    const text = wordsOf(await reportPage({ ...report, result: { ...report.result, winner: simpler } }, draw));
    expect(text).toContain(passedOver);
  });

  test('says when the race dropped which settings', () => {
    const text = wordsOf(page);
    expect(text).toContain('after round folds settings in the race dropped fits saved 1 2 3 1 1');
    expect(text).toContain('The dropped settings as a table');
    expect(text).toContain('t3 forest 1 2 0.6000 max_depth=9 kind=sqrt');
    expect(text).not.toContain('Each wave of settings races on its own');
  });

  test('says of a search in waves that each races on its own', async () => {
    const report = reportWith();
    const { pipeline } = report.input;
    const tuning = pipeline.tuning && { ...pipeline.tuning, sampler: 'bayesian' as const, trials: 3, parallel: 2 };
    const waves = { ...report, input: { ...report.input, pipeline: { ...pipeline, tuning } } };
    expect(wordsOf(await reportPage(waves, draw))).toContain('Each wave of settings races on its own');
  });

  test('says of a race that dropped nothing just that', async () => {
    const report = reportWith();
    const tuned = report.result.tuned.filter(({ scores }) => scores.length === 3);
    expect(wordsOf(await reportPage({ ...report, result: { ...report.result, tuned } }, draw))).toContain(
      'The race dropped no setting.',
    );
  });

  test('says of each setting that was scored on all folds how it stands against the best', () => {
    const text = wordsOf(page);
    const [best, worse, base] = settingRows();
    expect(text).toContain('3 settings that were scored on all folds, base settings among them,');
    expect(text).toContain(`t2 forest 0.8500 0.0100 ${best?.interval} 0.0000 – the best max_depth=5 kind=sqrt`);
    expect(text).toContain(`base-forest forest 0.8000 0.0100 ${base?.interval} 0.0500 ${base?.p} worse max_depth=3`);
    expect(text).toContain(`t1 forest 0.7800 0.0100 ${worse?.interval} 0.0700 ${worse?.p} worse max_depth=2`);
    expect(text).toContain('1 of the 3 settings');
  });

  test('calls a tie what cannot be told apart from the best', async () => {
    const report = reportWith();
    const tuned = report.result.tuned.map((trial) =>
      trial.setting.id === 't1' ? { ...trial, scores: [0.85, 0.83, 0.86], mean: 2.54 / 3 } : trial,
    );
    const text = wordsOf(await reportPage({ ...report, result: { ...report.result, tuned } }, draw));
    expect(text).toMatch(/t1 forest 0\.8467 [^a-z]* a tie max_depth=2/);
    expect(text).toContain('2 of the 3 settings');
  });

  test('compares trials on a sample among themselves', async () => {
    const report = reportWith();
    const text = wordsOf(await reportPage({ ...report, result: { ...report.result, sample: 0.5 } }, draw));
    expect(text).toContain('1 of the 2 settings that were scored on all folds cannot be told apart');
    expect(text).not.toContain('base-forest forest');
  });

  test('of folds that tuned on their own has the three numbers, and says which flatters', async () => {
    const text = wordsOf(await reportPage(perFoldReport(), draw));
    for (const part of [
      "Mean of the winners' own scores (optimistic) 0.9110",
      'The best winner over all folds 0.8420 ± 0.0120',
      'Each winner over all folds 0.8400, 0.8410, 0.8420; mean 0.8410',
      'The first number flatters, because each winner was chosen by the very rows that score it',
      'fold 1 forest 0.9110 0.8410 ± 0.0120 max_depth=5 kind=sqrt',
    ])
      expect(text).toContain(part);
    expect(wordsOf(page)).not.toContain('Tuning per fold');
  });

  test('of folds that tuned on their own shows what was cross-validated alone', async () => {
    const report = perFoldReport();
    const { perFold, tuned } = report.result;
    const found = perFold && { ...perFold, each: [] };
    const result = { ...report.result, perFold: found, tuned: tuned.slice(2) };
    const text = wordsOf(await reportPage({ ...report, result }, draw));
    expect(text).not.toContain('Each winner over all folds');
    expect(text).toContain('fold 1 forest 0.9110 – max_depth=5');
    expect(text).toContain('fold 2 forest 0.9120 0.8420 ± 0.0120 max_depth=5');
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

  async function open(
    names: Names,
    scheme: 'light' | 'dark',
    width: number,
    report: typeof reportWith = reportWith,
  ): Promise<Page> {
    const page = await browser().newPage();
    await page.setViewport({ width, height: 800 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    // The tests need scripts in the page; without its policy the page itself still must not have any.
    await page.setBypassCSP(true);
    await page.evaluate('globalThis.faults = []; globalThis.fault = (id) => faults.push(id)');
    // A script that runs would be noticed.
    await page.setContent('<script>fault("control")</script>');
    expect(await page.evaluate('faults.splice(0)')).toEqual(['control']);
    await page.setContent(await reportPage(report(names), draw));
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

  test.each([
    [360, reportWith],
    [360, perFoldReport],
    [1400, reportWith],
  ])('fits a window of %i pixels', async (width, report) => {
    const page = await open(PLAIN, 'light', width, report);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  test.each([
    ['', reportWith, SECTIONS],
    [' of folds that tuned on their own', perFoldReport, SECTIONS + 1],
  ])('runs nothing that data brings, and shows it as it is%s', async (_, report, sections) => {
    const page = await open(HOSTILE, 'light', 1000, report);
    expect(await page.$$('script, img, iframe, [onload], [onerror]')).toHaveLength(0);
    expect(await page.evaluate('faults')).toEqual([]);
    expect(await page.$$('main > section')).toHaveLength(sections);
    const text: unknown = await page.evaluate('document.body.textContent');
    for (const name of [HOSTILE.algorithm, ...HOSTILE.classes, HOSTILE.feature, HOSTILE.hyperparameter, HOSTILE.value])
      expect(text).toContain(name);
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
