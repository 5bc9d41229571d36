import type { TopLevelSpec } from 'vega-lite';
import { shortScore } from '../run-details.ts';
import type { RunResult } from '../run.ts';
import { shownValues } from '../setting.ts';
import { passedOver } from '../trial-table.ts';
import { drawing, facts, html, Html } from './html.ts';
import { costText } from '../money.ts';
import type { Chart, Report, Section } from './report.ts';
import { SECTIONS } from './sections/index.ts';
import { STYLE } from './style.ts';

/** Draws a chart: its SVG. */
export type Draw = (spec: TopLevelSpec) => Promise<string>;

/** Nothing is loaded, and nothing runs: the page is its text, its style and its pictures. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The report as one HTML document that needs nothing else. */
export async function reportPage(report: Report, draw: Draw): Promise<string> {
  const sections = SECTIONS.flatMap((section) => section(report) ?? []);
  const { pipeline, run } = report.result;
  const contents = await Promise.all(sections.map((section) => sectionOf(section, draw)));
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <title>${pipeline}/${run} – crossfold</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>${heading(report)}</header>
        <nav aria-label="Sections">
          <ul>
            ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li> `)}
          </ul>
        </nav>
        <main id="main">${contents}</main>
        <footer>
          <p class="note">Made by crossfold. Files: <code>${report.result.files.root}</code></p>
        </footer>
      </body>
    </html> `;
  return document.text;
}

function heading({ input, result }: Report): Html {
  const { objective, winner, holdout, rows, folds, deployment } = result;
  const score = holdout.metrics[objective.metric];
  return html`<h1>${result.pipeline}/${result.run}</h1>
    <p class="lead">
      ${input.pipeline.task} of ${rows.all} rows, ${folds.length} folds, ${rows.holdout} rows held out;
      ${objective.metric}, ${objective.goal}
    </p>
    ${facts([
      ['Winner', winner.setting.algorithm],
      [`${objective.metric}, mean ± sd of the folds`, `${shortScore(winner.mean)} ± ${shortScore(winner.sd)}`],
      [`${objective.metric} on the holdout`, score === undefined ? '–' : shortScore(score)],
      ...passedOverFact(result),
      ['Cost', costText(result.jobs, input)],
      ['Endpoint', deployment?.endpoint ?? 'not deployed'],
    ])}`;
}

function passedOverFact(result: RunResult): [string, string][] {
  const best = passedOver(result);
  if (best === undefined) return [];
  const { setting, mean, sd } = best;
  return [
    [
      'Passed over for a simpler setting',
      `${setting.algorithm} ${shortScore(mean)} ± ${shortScore(sd)}, ${shownValues(setting)}`,
    ],
  ];
}

async function sectionOf({ id, title, parts }: Section, draw: Draw): Promise<Html> {
  const shown = await Promise.all(
    parts.map(async (part) => (part instanceof Html ? part : figure(part, await draw(part.spec)))),
  );
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${shown}
  </section> `;
}

function figure({ title, description, narrow }: Chart, svg: string): Html {
  return html`<figure class="${narrow === true ? 'narrow' : 'wide'}">
    <figcaption><strong>${title}</strong>${description}</figcaption>
    <div role="img" aria-label="${title}. ${description}">${drawing(svg)}</div>
  </figure> `;
}
