// What racing saves and risks in live runs: every seed is run with each rule and without a race, jobs and all. Runs that are recorded are not run again.
// Usage: npm run bench:racing-live -- --data <folder with titanic.csv and adult.csv> [--seeds 50] [--tables titanic,adult]
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { crossfold, temporary } from './support.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '50' },
    tables: { type: 'string', default: 'titanic,adult' },
    record: { type: 'string', default: join(homedir(), '.cache/crossfold/bench/racing-live.jsonl') },
  },
});
if (values.data === undefined) throw new Error('--data has to name the folder with titanic.csv and adult.csv');

const here = import.meta.dirname;
const example = parse(readFileSync(join(here, '../examples/titanic/pipeline.yaml'), 'utf8'));
/** Data rows (null: all) and scripts of each table. */
const TABLES = {
  titanic: { rows: null, scripts: join(here, '../examples/titanic/scripts') },
  adult: { rows: 4000, scripts: join(here, 'search/scripts') },
};
/** The races come first: what the full search needs beside their fits is then little. */
const RULES = ['friedman', 'halving', 'off'];

/** 12 drawn settings for each of the three algorithms, a number that halving can halve twice; with fewer trees than the example's, as the race is measured and not the models. */
function pipelineOf(table, seed, race) {
  const few = ({ hyperparameters, ranges }) =>
    'n_estimators' in hyperparameters ? { hyperparameters: { n_estimators: 50 }, ranges } : { hyperparameters, ranges };
  return {
    pipeline: `racing-${table}`,
    data: { file: `${table}.csv` },
    scripts: TABLES[table].scripts,
    split: { holdout: 0.2, folds: 5, scheme: 'stratified', seed },
    objective: 'roc_auc',
    metrics: ['roc_auc'],
    algorithms: Object.fromEntries(Object.entries(example.algorithms).map(([name, each]) => [name, few(each)])),
    tuning: { trials: 12, seed, tune: 'all', race },
  };
}

function raced(folder, table, seed, rule) {
  const file = join(folder, 'pipeline.yaml');
  writeFileSync(file, stringify(pipelineOf(table, seed, rule)));
  const { tuned, race, jobs } = JSON.parse(crossfold('run', file, '--json'));
  const whole = tuned.filter(({ scores }) => scores.length === 5);
  const best = Math.max(...whole.map(({ mean }) => mean));
  return { table, seed, rule, saved: (race?.saved ?? 0) / (race?.all ?? 1), best, jobs: jobs.length };
}

const recorded = () =>
  existsSync(values.record)
    ? readFileSync(values.record, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];

mkdirSync(dirname(values.record), { recursive: true });
const tables = values.tables.split(',');
const folder = temporary();
for (const table of tables) {
  const lines = readFileSync(join(resolve(values.data), `${table}.csv`), 'utf8').split('\n');
  const { rows } = TABLES[table];
  writeFileSync(join(folder, `${table}.csv`), lines.slice(0, rows === null ? lines.length : 1 + rows).join('\n'));
}
crossfold('up');
for (let seed = 0; seed < Number(values.seeds); seed += 1) {
  const known = recorded();
  for (const table of tables)
    for (const rule of RULES)
      if (!known.some((each) => each.table === table && each.seed === seed && each.rule === rule))
        appendFileSync(values.record, `${JSON.stringify(raced(folder, table, seed, rule))}\n`);
}

console.log('| table | rule | runs | % of fits saved | % with the same winner | worst loss |');
console.log('| --- | --- | --- | --- | --- | --- |');
const all = recorded();
for (const table of tables) {
  const full = new Map(
    all.filter((each) => each.table === table && each.rule === 'off').map((each) => [each.seed, each]),
  );
  for (const rule of RULES.filter((each) => each !== 'off')) {
    const runs = all.filter((each) => each.table === table && each.rule === rule && full.has(each.seed));
    const losses = runs.map(({ seed, best }) => full.get(seed).best - best);
    const percent = (numbers) => ((100 * numbers.reduce((sum, each) => sum + each, 0)) / numbers.length).toFixed(1);
    console.log(
      `| ${table} | ${rule} | ${runs.length} | ${percent(runs.map(({ saved }) => saved))} | ${percent(losses.map((loss) => Number(loss < 1e-12)))} | ${Math.max(...losses).toFixed(4)} |`,
    );
  }
}
