import type { LeakageResult } from './results.ts';

/** From here on a feature alone predicts the target: ROC AUC, for a regression R². */
export const ALONE = 0.98;
/** How far it has to be above every feature that does not: where all are good, none has told the answer. */
const APART = 0.05;

/** What in the folds lets training rows tell of test rows. Arrays `counts` and `shares` have one entry a fold. */
export type LeakWarning =
  /** Test rows whose features a training row has too, with the same target or with another one. */
  | {
      readonly kind: 'duplicates';
      readonly target: 'same' | 'other';
      readonly counts: readonly number[];
      /** Row numbers: test, training. */
      readonly first: readonly (readonly [number, number])[];
    }
  /** Groups with rows on both sides of a fold. */
  | { readonly kind: 'groups'; readonly counts: readonly number[]; readonly first: readonly string[] }
  /** Test rows that are earlier than a training row. */
  | { readonly kind: 'time'; readonly shares: readonly number[] }
  /** A feature that alone predicts the target, and the best of those that do not; null where there are none. */
  | { readonly kind: 'feature'; readonly feature: string; readonly score: number; readonly next: number | null };

/** The warnings that a leak check's findings deserve. */
export function warningsOf({ duplicates, groups, times, features }: LeakageResult): LeakWarning[] {
  const targets = ['same', 'other'] as const;
  return [
    ...targets
      .map((target) => ({ kind: 'duplicates' as const, target, ...duplicates[target] }))
      .filter(({ counts }) => counts.some((count) => count > 0)),
    ...(groups?.counts.some((count) => count > 0) === true ? [{ kind: 'groups' as const, ...groups }] : []),
    ...(times?.some((share) => share > 0) === true ? [{ kind: 'time' as const, shares: times }] : []),
    ...tellingFeatures(features),
  ];
}

function tellingFeatures(features: LeakageResult['features']): LeakWarning[] {
  const others = features.filter(({ score }) => score < ALONE).map(({ score }) => score);
  const next = others.length === 0 ? null : Math.max(...others);
  return features
    .filter(({ score }) => score >= ALONE && (next === null || score - next >= APART))
    .map((found) => ({ kind: 'feature', ...found, next }));
}
