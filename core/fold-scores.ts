import type { FitResult } from './results.ts';

/** The objective's value of each algorithm's base setting on each fold; null where it is not known yet. */
export type FoldScores = Readonly<Record<string, readonly (number | null)[]>>;

/** The scores with those of more fits. */
export function withFits(scores: FoldScores, fits: readonly FitResult[], objective: string, folds: number): FoldScores {
  const more = { ...scores };
  for (const { algorithm, fold, metrics } of fits) {
    const known = more[algorithm] ?? Array.from({ length: folds }, () => null);
    more[algorithm] = known.map((score, index) => (index === fold ? (metrics[objective] ?? null) : score));
  }
  return more;
}
