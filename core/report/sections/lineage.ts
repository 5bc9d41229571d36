import { html, table, type Html } from '../html.ts';
import type { SectionOf } from '../report.ts';

/** What this result was made from: enough to make it again. */
export const lineageSection: SectionOf = ({ input, result }) => {
  const { pipeline, data, code, image } = input;
  const seeds = [
    ['seed of the split', pipeline.split.seed],
    ...(pipeline.tuning === undefined ? [] : [['seed of the search', pipeline.tuning.seed] as const]),
  ] as const;
  const algorithms = Object.keys(pipeline.algorithms).map(
    (name) => [`code of ${name}`, mono(code.algorithms[name] ?? '–')] as const,
  );
  return {
    id: 'lineage',
    title: 'Lineage',
    parts: [
      table(
        'What the run was made from',
        ['what', 'value'],
        [
          ['data', mono(data.uri)],
          ['version of the data', mono(data.version)],
          ['code', mono(code.uri)],
          ['hash of the common code', mono(code.common)],
          ['hash of the metrics', mono(code.metrics)],
          ...algorithms,
          ['image', mono(pipeline.jobs.image ?? image)],
          ...seeds,
          ['method', pipeline.method],
          ['row numbers of the folds', mono(result.files.folds)],
          ['model', mono(result.files.model)],
          ['model package', mono(result.modelPackage)],
          ['result with every fit', mono(result.files.result)],
        ],
      ),
    ],
  };
};

function mono(text: string): Html {
  return html`<code>${text}</code>`;
}
