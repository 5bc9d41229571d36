import { chiSquareTail, studentCritical } from '../distributions.ts';
import { midranks } from '../ranks.ts';
import { signedRank } from '../signed-rank.ts';
import { difference, type FoldScores, leader, total } from './fold-scores.ts';

export interface FriedmanTest {
  /** Each setting's ranks summed over the folds; more is better. */
  readonly rankSums: readonly number[];
  readonly statistic: number;
  readonly p: number;
  /** Two settings whose rank sums differ by more are told apart, once the test has found that any differ. */
  readonly criticalDifference: number;
}

/**
 * Friedman's test: do any of the settings differ, folds being blocks? Ranks are taken within a fold, so that an easy fold weighs no more
 * than a hard one; the statistic is corrected for ties. Chi-square with settings - 1 degrees of freedom.
 *
 * The critical difference is Conover's: Practical Nonparametric Statistics, 3rd edition (1999), section 5.8, equations 4 and 6.
 * Where all scores of each fold are equal, p is 1.
 */
export function friedmanTest(scores: FoldScores, level: number): FriedmanTest {
  const settings = scores.length;
  const folds = scores[0]?.length ?? 0;
  const ranks = Array.from({ length: folds }, (_, fold) => midranks(scores.map((row) => row[fold] ?? Number.NaN)));
  const rankSums = scores.map((_, setting) => total(ranks.map((fold) => fold[setting] ?? Number.NaN)));
  const squares = total(ranks.flat().map((rank) => rank ** 2));
  const squaredSums = total(rankSums.map((sum) => sum ** 2));
  const even = (folds * settings * (settings + 1) ** 2) / 4;
  if (squares <= even) return { rankSums, statistic: 0, p: 1, criticalDifference: Infinity };
  const statistic = ((settings - 1) * (squaredSums - folds * even)) / (squares - even);
  const df = (folds - 1) * (settings - 1);
  const spread = Math.max(0, (2 * (folds * squares - squaredSums)) / df);
  return {
    rankSums,
    statistic,
    p: chiSquareTail(statistic, settings - 1),
    criticalDifference: studentCritical(level / 2, df) * Math.sqrt(spread),
  };
}

export interface FriedmanOptions {
  /** Nothing goes unless Friedman's test finds a difference at this level; 1 does without the test. */
  readonly gate: number;
  /** Two-sided, of each comparison with the best. */
  readonly level: number;
}

/**
 * The settings go whose rank sum is worse than the best's by more than the critical difference. With the gate and the level at 0.05 this is
 * F-Race: Birattari, Stützle, Paquete and Varrentrapp, A Racing Algorithm for Configuring Metaheuristics, GECCO 2002.
 *
 * Few settings on few folds may all agree by chance, and the critical difference is then 0: nothing goes before that chance, (1/k!)^(n-1)
 * for k settings on n folds, is below the level (Conover 1999, section 5.8). Two settings are held against each other by Wilcoxon's signed
 * rank test.
 *
 * @returns the indices that stay, ascending; all with fewer than 2 settings or folds
 */
export function friedmanSurvivors(scores: FoldScores, { gate, level }: FriedmanOptions): number[] {
  const all = scores.map((_, index) => index);
  const folds = scores[0]?.length ?? 0;
  if (scores.length < 2 || folds < 2) return all;
  if (scores.length === 2) return pairSurvivors(scores, level);
  if (chanceOfAgreement(scores.length, folds) >= level) return all;
  const { rankSums, p, criticalDifference } = friedmanTest(scores, level);
  if (p >= gate) return all;
  const best = Math.max(...rankSums);
  return all.filter((index) => best - (rankSums[index] ?? 0) <= criticalDifference);
}

function chanceOfAgreement(settings: number, folds: number): number {
  const orders = Array.from({ length: settings }, (_, index) => index + 1).reduce((product, each) => product * each, 1);
  return orders ** (1 - folds);
}

function pairSurvivors(scores: FoldScores, level: number): number[] {
  const [first = [], second = []] = scores;
  const differences = first.map((score, fold) => difference(score, second[fold] ?? Number.NaN));
  return signedRank(differences, 'two-sided') < level ? [leader(scores)] : [0, 1];
}
