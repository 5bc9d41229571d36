/** Text that is HTML already. Only `html` and `drawing` make it, so nothing from data gets into a page unescaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | undefined | readonly Value[];

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** A template whose values are escaped, for text and for quoted attributes; HTML goes in as it is, a list one by one. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(shown)));
}

/** The SVG that Vega drew, which escapes what it is given. */
export function drawing(svg: string): Html {
  return new Html(svg);
}

function shown(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (found) => ESCAPES.get(found) ?? '');
  return typeof value === 'number' ? String(value) : value.map(shown).join('');
}

type Cell = Html | string | number;

/** A table with a caption; the first cell of each row names it. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  const row = ([name = '', ...cells]: readonly Cell[]): Html =>
    html`<tr>
      <th scope="row">${name}</th>
      ${cells.map((cell) => html`<td>${cell}</td>`)}
    </tr> `;
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(row)}
      </tbody>
    </table>
  </div> `;
}

/** Names with their values. */
export function facts(pairs: readonly (readonly [string, Cell])[]): Html {
  return html`<dl>
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl> `;
}

/** What is there for those who look for it. */
export function folded(summary: string, content: Html): Html {
  return html`<details>
    <summary>${summary}</summary>
    ${content}
  </details> `;
}
