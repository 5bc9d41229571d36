import type { Distance, Result } from './results.ts';
import type { RetrainRules } from './retrain-spec.ts';
import { holm } from './statistics.ts';

/** The classifier's p value has to be below it as well: few rows can have any AUC. */
const CLASSIFIER_LEVEL = 0.01;

/** Whether new rows are unlike the training rows, and by what. */
export interface Drift {
  readonly drifted: boolean;
  /** In words: each sign of drift, or that there is none. */
  readonly reason: string;
}

/** Judges what the drift job measured. One sign is enough, in the new rows or in what the endpoint was asked. */
export function driftOf({ new_rows, traffic, ...rows }: Result<'drift'>, rules: RetrainRules): Drift {
  const found = [
    { rows: `${new_rows} new rows`, distance: rows },
    ...(traffic === undefined ? [] : [{ rows: `${traffic.rows} rows that the endpoint was sent`, distance: traffic }]),
  ].map(({ rows: named, distance }) => ({ named, distance, signs: signsOf(distance, rules) }));
  const reason = found.map(({ named, distance: { features }, signs }) => {
    if (signs.length > 0) return `${named} drift: ${signs.join('; ')}`;
    const largest = Math.max(0, ...features.map(({ psi }) => psi));
    return `${named} are like the training rows: largest PSI ${short(largest)}`;
  });
  return { drifted: found.some(({ signs }) => signs.length > 0), reason: reason.join('. ') };
}

/** What of the limits a distance from the training rows is beyond, in words. */
function signsOf({ features, classifier }: Distance, rules: RetrainRules): string[] {
  const tested = features.flatMap(({ feature, ks }) => (ks === null ? [] : [{ feature, ks }]));
  const adjusted = holm(tested.map(({ ks }) => ks));
  return [
    ...features
      .filter(({ psi }) => psi > rules.psi)
      .map(({ feature, psi }) => `PSI of ${feature} is ${short(psi)} (above ${rules.psi})`),
    ...tested.flatMap(({ feature }, index) => {
      const p = adjusted[index] ?? 1;
      return p < rules.ks ? [`KS test of ${feature} has p ${short(p)} (below ${rules.ks})`] : [];
    }),
    ...(classifier !== null && classifier.auc > rules.classifier && classifier.p < CLASSIFIER_LEVEL
      ? [`a classifier tells them apart with AUC ${short(classifier.auc)} (above ${rules.classifier})`]
      : []),
  ];
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
