// Replays the rules of a race on recorded scores: how many fits each saves, and how often its winner is the full search's.
import { moreIsBetter } from '../../dist/core/racing/fold-scores.js';
import { friedmanSurvivors } from '../../dist/core/racing/friedman.js';
import { raceBy } from '../../dist/core/racing.js';

const atOnce = { testRows: Infinity };
const later = { testRows: 0 };

/** Each rule by the name that it is printed with; `step` gives the indices that stay. */
export const RULES = {
  'friedman, from the second fold': (scores) => raceBy('friedman')(scores, 'maximize', atOnce),
  'friedman, from the third fold': (scores) => raceBy('friedman')(scores, 'maximize', later),
  'F-Race as published': (scores) => friedmanSurvivors(moreIsBetter(scores, 'maximize'), { gate: 0.05, level: 0.05 }),
  halving: (scores) => raceBy('halving')(scores, 'maximize', atOnce),
  wilcoxon: (scores) => raceBy('wilcoxon')(scores, 'maximize', atOnce),
};

/** The settings of a recorded search that a replay races: 40 of one algorithm, or 40 of all three. */
export function fieldOf(search, algorithm) {
  const counts =
    algorithm === 'all' ? { logistic_regression: 14, random_forest: 13, xgboost: 13 } : { [algorithm]: 40 };
  return Object.entries(counts).flatMap(([name, count]) => {
    const rows = search.scores.filter((_, index) => search.algorithms[index] === name);
    if (rows.length < count) throw new Error(`${search.key} has ${rows.length} settings of ${name}, not ${count}`);
    return rows.slice(0, count);
  });
}

/** Every search in every order of its folds that turning and mirroring give: which fold comes first is chance. */
export function inOrders(scores) {
  const folds = scores[0].map((_, fold) => fold);
  const turned = folds.map((start) => folds.map((fold) => (fold + start) % folds.length));
  return [...turned, ...turned.map((order) => order.toReversed())].map((order) =>
    scores.map((row) => order.map((fold) => row[fold])),
  );
}

/** One race to the end: the share of fits that it saved, and by how much its winner is worse than the full search's. */
export function replay(scores, step) {
  const folds = scores[0].length;
  const means = scores.map((row) => row.reduce((sum, score) => sum + score, 0) / folds);
  let racing = scores.map((_, index) => index);
  let fits = racing.length;
  for (let done = 1; done < folds; done += 1) {
    const stay = step(racing.map((index) => scores[index].slice(0, done)));
    racing = stay.map((index) => racing[index]);
    fits += racing.length;
  }
  return {
    saved: 1 - fits / (scores.length * folds),
    loss: Math.max(...means) - Math.max(...racing.map((i) => means[i])),
  };
}
