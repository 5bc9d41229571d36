// The searches whose scores are recorded: which table, which split, which settings; all drawn from the seed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { randomSettings } from '../../dist/core/ranges.js';

const root = join(import.meta.dirname, '../..');
const example = parse(readFileSync(join(root, 'examples/titanic/pipeline.yaml'), 'utf8'));
const TABLES = {
  titanic: { file: 'titanic.csv', target: 'Survived', unused: ['PassengerId', 'Name'], categorical: ['Pclass'] },
  adult: { file: 'adult.csv', target: 'income', unused: [], categorical: [] },
};

const XGBOOST = { xgboost: 40 };
/** Rows of the table (null: all), folds, and settings of each algorithm. */
const SEARCHES = {
  titanic: {
    table: 'titanic',
    rows: null,
    folds: 5,
    counts: { random_forest: 40, xgboost: 40, logistic_regression: 14 },
  },
  adult: { table: 'adult', rows: 4000, folds: 5, counts: { random_forest: 13, xgboost: 40, logistic_regression: 14 } },
  'titanic-10': { table: 'titanic', rows: null, folds: 10, counts: XGBOOST },
  'adult-500': { table: 'adult', rows: 500, folds: 5, counts: XGBOOST },
  'adult-1000': { table: 'adult', rows: 1000, folds: 5, counts: XGBOOST },
};

export const SEARCH_NAMES = Object.keys(SEARCHES);

/** One search a seed, as `scores.py` reads them. `data` is the folder with the tables. */
export function searchesOf(name, data, seeds) {
  const { table, rows, folds, counts } = SEARCHES[name];
  const { file, ...columns } = TABLES[table];
  return Array.from({ length: seeds }, (_, seed) => ({
    ...{ key: `${name}/${seed}`, table: join(data, file), ...columns, rows, folds, seed },
    settings: Object.entries(counts).flatMap(([algorithm, count]) => drawn(algorithm, count, seed)),
  }));
}

function drawn(algorithm, count, seed) {
  const { hyperparameters, ranges } = example.algorithms[algorithm];
  // Fewer trees than the example's 200: what is measured is the race, not the models.
  const fixed = 'n_estimators' in hyperparameters ? { ...hyperparameters, n_estimators: 50 } : hyperparameters;
  const scaled = Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => [name, { scaling: 'auto', ...range }]),
  );
  return randomSettings(algorithm, fixed, scaled, count, seed).map(({ hyperparameters: values }) => ({
    algorithm,
    hyperparameters: values,
  }));
}
