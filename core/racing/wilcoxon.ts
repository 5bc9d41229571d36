import { signedRank } from '../signed-rank.ts';
import { difference, type FoldScores, leader } from './fold-scores.ts';

/**
 * Each setting against the one with the best mean, by Wilcoxon's one-sided signed rank test over the folds: it goes where p is below the
 * level. The rule of Optuna's WilcoxonPruner (https://optuna.readthedocs.io, `optuna.pruners.WilcoxonPruner`), which has the level 0.1
 * and begins with the second fold; p is below 0.1 from the fourth fold at the earliest. A fold on which both are equal counts for neither.
 *
 * @returns the indices that stay, ascending
 */
export function wilcoxonSurvivors(scores: FoldScores, level: number): number[] {
  const best = scores[leader(scores)] ?? [];
  return scores.flatMap((row, index) => {
    const differences = row.map((score, fold) => difference(score, best[fold] ?? Number.NaN));
    return signedRank(differences, 'less') < level ? [] : [index];
  });
}
