import type { Curves } from './curves.ts';
import type { Chart } from './report.ts';
import { COLOURS, CONFIG, GUIDE } from './theme.ts';

/** Points of a cloud: more hide each other. */
const POINTS = 1000;

const SOURCES = ['out of fold', 'holdout'];

/** Predicted against true values, and what is left between them. */
export function pairCharts(folds: readonly Curves[], holdout: Curves | undefined): Chart[] {
  const [outOfFold, held] = [folds.flatMap(({ pairs }) => pairs), holdout?.pairs ?? []].map(spread);
  const values = [outOfFold, held].flatMap((pairs = [], index) =>
    pairs.map(([truth, predicted]) => ({ source: SOURCES[index], truth, predicted, residual: truth - predicted })),
  );
  const all = values.flatMap(({ truth, predicted }) => [truth, predicted]);
  const ends = [Math.min(...all), Math.max(...all)];
  const cloud = {
    mark: { type: 'point', filled: true, size: 28, opacity: 0.65 },
    colour: {
      field: 'source',
      type: 'nominal',
      scale: { domain: SOURCES, range: [COLOURS.blue, COLOURS.orange] },
      legend: { title: null },
    },
    shape: {
      field: 'source',
      type: 'nominal',
      scale: { domain: SOURCES, range: ['circle', 'diamond'] },
      legend: { title: null },
    },
  } as const;
  return [
    {
      narrow: true,
      title: 'Predicted against true',
      description: 'A point is a row; on the dotted line the prediction is the truth.',
      spec: {
        width: 420,
        height: 320,
        config: CONFIG,
        layer: [
          {
            data: { values: ends.map((end) => ({ truth: end, predicted: end })) },
            mark: GUIDE,
            encoding: {
              x: { field: 'truth', type: 'quantitative', title: 'true', scale: { zero: false } },
              y: { field: 'predicted', type: 'quantitative', title: 'predicted', scale: { zero: false } },
            },
          },
          {
            data: { values },
            mark: cloud.mark,
            encoding: {
              x: { field: 'truth', type: 'quantitative' },
              y: { field: 'predicted', type: 'quantitative' },
              color: cloud.colour,
              shape: cloud.shape,
            },
          },
        ],
      },
    },
    {
      narrow: true,
      title: 'Residuals',
      description:
        'True less predicted value by the predicted one; a pattern is something that the model has not learnt.',
      spec: {
        width: 420,
        height: 240,
        config: CONFIG,
        layer: [
          {
            data: { values: ends.map((end) => ({ predicted: end, residual: 0 })) },
            mark: GUIDE,
            encoding: {
              x: { field: 'predicted', type: 'quantitative', title: 'predicted', scale: { zero: false } },
              y: { field: 'residual', type: 'quantitative', title: 'true − predicted' },
            },
          },
          {
            data: { values },
            mark: cloud.mark,
            encoding: {
              x: { field: 'predicted', type: 'quantitative' },
              y: { field: 'residual', type: 'quantitative' },
              color: cloud.colour,
              shape: cloud.shape,
            },
          },
        ],
      },
    },
  ];
}

/** Some of the points, evenly over their order. */
function spread<T>(points: readonly T[]): T[] {
  const step = Math.max(1, points.length / POINTS);
  return points.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}
