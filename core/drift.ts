import type { Result } from './results.ts';
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

/** Judges what the drift job measured. One sign is enough. */
export function driftOf({ new_rows, features, classifier }: Result<'drift'>, rules: RetrainRules): Drift {
  const tested = features.flatMap(({ feature, ks }) => (ks === null ? [] : [{ feature, ks }]));
  const adjusted = holm(tested.map(({ ks }) => ks));
  const signs = [
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
  if (signs.length > 0) return { drifted: true, reason: `${new_rows} new rows drift: ${signs.join('; ')}` };
  const largest = Math.max(0, ...features.map(({ psi }) => psi));
  return { drifted: false, reason: `${new_rows} new rows are like the training rows: largest PSI ${short(largest)}` };
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
