import { shownValue } from '../../setting.ts';
import { folded, html, table } from '../html.ts';
import type { SectionOf } from '../report.ts';

/** What won, beside what its search began from, and the whole pipeline. */
export const settingsSection: SectionOf = ({ input, result }) => {
  const { winner, base } = result;
  const { algorithm, hyperparameters } = winner.setting;
  const before = base.find(({ setting }) => setting.algorithm === algorithm)?.setting.hyperparameters ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(hyperparameters)])];
  const shown = (value: Parameters<typeof shownValue>[0] | undefined): string =>
    value === undefined ? 'default' : shownValue(value);
  return {
    id: 'settings',
    title: 'Settings',
    parts: [
      names.length === 0
        ? html`<p>${algorithm} with its defaults.</p> `
        : table(
            `Hyperparameters of ${algorithm}`,
            ['hyperparameter', 'base setting', 'winner'],
            names.map((name) => [name, shown(before[name]), shown(hyperparameters[name])]),
          ),
      folded(
        'The pipeline, with every default',
        html`<pre tabindex="0"><code>${JSON.stringify(input.pipeline, null, 2)}</code></pre> `,
      ),
    ],
  };
};
