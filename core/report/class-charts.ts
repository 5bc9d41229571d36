import type { TopLevelSpec } from 'vega-lite';
import { pooled, type ClassCurves, type Curves } from './curves.ts';
import type { Chart } from './report.ts';
import { COLOURS, CONFIG, GUIDE, PALETTE } from './theme.ts';

/** Classes that a chart can tell apart: those with the most rows. */
const CLASSES = PALETTE.length;

const FOLDS = 'out of fold';
const HOLDOUT = 'holdout';

/** The diagonal. */
const ENDS = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
];

/** One line of a chart. */
interface Line {
  readonly name: string;
  readonly source: typeof FOLDS | typeof HOLDOUT;
  readonly points: readonly (readonly [number, number])[];
}

/** ROC, precision and recall, and calibration of each class against all others. */
export function classCharts(
  folds: readonly Curves[],
  holdout: Curves | undefined,
  classes: readonly string[],
): Chart[] {
  const shown = shownClasses(holdout ?? folds[0]);
  const nameOf = (index: number): string => classes[index] ?? String(index);
  const named = shown.map(nameOf).join(', ');
  const left = (classes.length === 2 ? 1 : classes.length) - shown.length;
  const of =
    (classes.length === 2
      ? `The class is ${named}. `
      : `Each class against all others, told apart by colour: ${named}. `) +
    (left > 0 ? `The ${shown.length} classes with the most rows; ${left} are left out. ` : '');
  const lines = (points: (curves: ClassCurves) => Line['points']): Line[] =>
    shown.flatMap((index) => {
      const from = (curves: Curves | undefined, source: Line['source']): Line[] =>
        (curves?.classes ?? [])
          .filter((each) => each.class === index)
          .map((each) => ({ name: nameOf(index), source, points: points(each) }));
      return [...folds.flatMap((fold) => from(fold, FOLDS)), ...from(holdout, HOLDOUT)];
    });
  const names = shown.map(nameOf);
  return [
    {
      narrow: true,
      title: 'ROC',
      description: `${of}A thin line is a fold, a thick one the holdout; on the dotted line predictions are worth nothing.`,
      spec: lineSpec(
        names,
        lines(({ roc }) => roc),
        ['false positive rate', 'true positive rate'],
        true,
      ),
    },
    {
      narrow: true,
      title: 'Precision and recall',
      description: `${of}A thin line is a fold, a thick one the holdout.`,
      spec: lineSpec(
        names,
        lines(({ precision_recall }) => precision_recall),
        ['recall', 'precision'],
        false,
      ),
    },
    {
      narrow: true,
      title: 'Calibration',
      description:
        `${of}Rows in ten bins by their predicted probability, the thin line of all folds together, the thick one of the ` +
        'holdout; on the dotted line probabilities are what they say.',
      spec: lineSpec(
        names,
        calibrationLines(shown, nameOf, folds, holdout),
        ['mean predicted probability', 'share that has the class'],
        true,
      ),
    },
  ];
}

/** The classes with the most rows, in their order. */
function shownClasses(curves: Curves | undefined): number[] {
  return [...(curves?.classes ?? [])]
    .sort((a, b) => b.share - a.share)
    .slice(0, CLASSES)
    .map((each) => each.class)
    .sort((a, b) => a - b);
}

function calibrationLines(
  shown: readonly number[],
  nameOf: (index: number) => string,
  folds: readonly Curves[],
  holdout: Curves | undefined,
): Line[] {
  const binsOf = (curves: Curves, index: number): ClassCurves['calibration'] =>
    curves.classes.find((each) => each.class === index)?.calibration ?? [];
  const line = (index: number, source: Line['source'], bins: ClassCurves['calibration']): Line => ({
    name: nameOf(index),
    source,
    points: bins.map(({ predicted, observed }) => [predicted, observed] as const),
  });
  return shown.flatMap((index) => [
    line(index, FOLDS, pooled(folds.map((fold) => binsOf(fold, index)))),
    ...(holdout === undefined ? [] : [line(index, HOLDOUT, binsOf(holdout, index))]),
  ]);
}

function lineSpec(
  names: readonly string[],
  lines: readonly Line[],
  [xTitle, yTitle]: readonly [string, string],
  diagonal: boolean,
): TopLevelSpec {
  const values = lines.flatMap(({ name, source, points }, line) =>
    points.map(([x, y], at) => ({ line, name, source, x, y, at })),
  );
  const scale = { domain: [0, 1] };
  const x = { ...({ field: 'x', type: 'quantitative' } as const), scale, title: xTitle };
  const y = { ...({ field: 'y', type: 'quantitative' } as const), scale, title: yTitle };
  const sources = [FOLDS, HOLDOUT];
  const single = names.length === 1;
  const colour = single
    ? ({ field: 'source', scale: { domain: sources, range: [COLOURS.blue, COLOURS.orange] } } as const)
    : ({ field: 'name', scale: { domain: [...names], range: [...PALETTE] } } as const);
  return {
    width: 340,
    height: 280,
    config: CONFIG,
    layer: [
      ...(diagonal ? [{ data: { values: ENDS }, mark: GUIDE, encoding: { x: x, y } }] : []),
      {
        data: { values },
        mark: { type: 'line' },
        encoding: {
          x,
          y,
          order: { field: 'at', type: 'quantitative' },
          detail: { field: 'line' },
          color: { ...colour, type: single ? 'ordinal' : 'nominal', legend: { title: null } },
          strokeWidth: {
            field: 'source',
            type: 'ordinal',
            scale: { domain: sources, range: [1.2, 3] },
            legend: { title: null },
          },
        },
      },
    ],
  };
}
