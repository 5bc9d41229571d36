import { z } from 'zod';

/** What jobs leave beside their results for a report to draw. */

const points = z.array(z.tuple([z.number(), z.number()]));

const bin = z.object({ bin: z.int(), weight: z.number(), predicted: z.number(), observed: z.number() });
export type CalibrationBin = z.infer<typeof bin>;

const classCurves = z.object({
  /** The position of the class in the run's classes. */
  class: z.int(),
  /** The share of the rows that have the class. */
  share: z.number(),
  /** False positive rate, true positive rate. */
  roc: points,
  /** Recall, precision. */
  precision_recall: points,
  calibration: z.array(bin),
});
export type ClassCurves = z.infer<typeof classCurves>;

const curves = z.object({
  /** Each class against all others; of two classes the second. */
  classes: z.array(classCurves).default([]),
  /** Of a regression: true and predicted value. */
  pairs: points.default([]),
});
export type Curves = z.infer<typeof curves>;

const importance = z.object({
  /** Why it was not computed; null where it was. */
  left_out: z.string().nullable(),
  features: z.array(z.object({ feature: z.string(), mean: z.number(), sd: z.number() })),
});
export type Importance = z.infer<typeof importance>;

const share = z.number().nullable();

const bias = z.object({
  columns: z.array(
    z.object({
      column: z.string(),
      /** Rates of the groups, for each class; of two classes the second. */
      classes: z.array(
        z.object({
          /** The position of the class in the run's classes. */
          class: z.int(),
          groups: z.array(
            z.object({
              ...{ group: z.string(), rows: z.int() },
              /** How often the model says the class, with its interval; how often it is so. */
              ...{ said: share, low: share, high: share, true: share },
              ...{ true_positive: share, false_positive: share },
            }),
          ),
        }),
      ),
      /** Of a regression: the mean of predicted less true value, and of its size. */
      errors: z.array(z.object({ group: z.string(), rows: z.int(), mean: share, size: share })),
    }),
  ),
});
export type Bias = z.infer<typeof bias>;

/** The schemas by the name of the file. */
export const reportFiles = {
  fits: z.object({ fits: z.array(curves.extend({ setting: z.string(), fold: z.int() })) }),
  holdout: curves,
  ...{ importance, bias },
};

/** The bins of several folds as those of all their rows. */
export function pooled(folds: readonly (readonly CalibrationBin[])[]): CalibrationBin[] {
  const bins = new Map<number, CalibrationBin>();
  for (const { bin, weight, predicted, observed } of folds.flat()) {
    const known = bins.get(bin) ?? { bin, weight: 0, predicted: 0, observed: 0 };
    const all = known.weight + weight;
    const mean = (a: number, b: number): number => (a * known.weight + b * weight) / all;
    const means = { predicted: mean(known.predicted, predicted), observed: mean(known.observed, observed) };
    bins.set(bin, { bin, weight: all, ...means });
  }
  return [...bins.values()].sort((a, b) => a.bin - b.bin);
}
