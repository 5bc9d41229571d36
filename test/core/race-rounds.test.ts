import { describe, expect, test } from 'vitest';
import { droppingRounds, roundText } from '../../core/race-rounds.ts';
import { raceBy } from '../../core/racing.ts';
import { trialsOf, type Trial } from '../../core/scores.ts';

const FOLDS = 5;

function trial(id: string, folds: number, mean = 0.5): Trial {
  const setting = { id, algorithm: 'a', hyperparameters: {} };
  const fits = Array.from({ length: folds }, (_, fold) => ({
    ...{ setting: id, algorithm: 'a', hyperparameters: {}, fold, metrics: { roc_auc: mean } },
    ...{ fitted_hash: '', test_hash: '', fit_seconds: 0, score_seconds: 0 },
  }));
  const [made] = trialsOf([setting], fits, folds, 'roc_auc');
  if (made === undefined) throw new Error('no trial');
  return made;
}

const idsOf = (trials: readonly Trial[]): string[] => trials.map(({ setting }) => setting.id);

describe('the rounds after which a race dropped settings', () => {
  test('are told by the folds that each setting has', () => {
    const rounds = droppingRounds(
      [trial('a', 5), trial('b', 2), trial('c', 4), trial('d', 5), trial('e', 2), trial('f', 4)],
      FOLDS,
    );
    expect(rounds.map(({ dropped, ...round }) => ({ ...round, dropped: idsOf(dropped) }))).toEqual([
      { round: 1, folds: 2, raced: 6, dropped: ['b', 'e'], saved: 6 },
      { round: 3, folds: 4, raced: 4, dropped: ['c', 'f'], saved: 2 },
    ]);
    expect(rounds.map(roundText)).toEqual([
      'after round 1 (2 folds) it dropped 2 of 6 settings; fits saved: 6',
      'after round 3 (4 folds) it dropped 2 of 4 settings; fits saved: 2',
    ]);
  });

  test('are none where every setting has all folds, or none was tried', () => {
    expect(droppingRounds([trial('a', 5), trial('b', 5)], FOLDS)).toEqual([]);
    expect(droppingRounds([], FOLDS)).toEqual([]);
  });

  test('add up the waves of a search, each of which raced on its own', () => {
    const waves = [trial('a', 5), trial('b', 2), trial('c', 3), trial('d', 2), trial('e', 5), trial('f', 5)];
    expect(droppingRounds(waves, FOLDS).map(({ raced, saved }) => [raced, saved])).toEqual([
      [6, 6],
      [4, 2],
    ]);
  });

  test('save what the race saved in all, when it is run round by round', () => {
    const race = raceBy('halving');
    const means = [0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.6, 0.4];
    const ends = means.map(() => FOLDS);
    let running = means.map((_, index) => index);
    for (let folds = 2; folds < FOLDS; folds += 1) {
      const scores = running.map((index) => Array.from({ length: folds }, () => means[index] ?? 0));
      const staying = new Set(race(scores, 'maximize', { testRows: 1000 }).map((at) => running[at]));
      for (const index of running) if (!staying.has(index)) ends[index] = folds;
      running = running.filter((index) => staying.has(index));
    }
    const tuned = ends.map((folds, index) => trial(String(index), folds, means[index]));
    const rounds = droppingRounds(tuned, FOLDS);
    expect(rounds.map(({ folds, dropped }) => [folds, idsOf(dropped)])).toEqual([
      [2, ['1', '3', '5', '7']],
      [4, ['4', '6']],
    ]);
    expect(rounds.map(({ saved }) => saved)).toEqual([4 * 3, 2 * 1]);
  });
});
