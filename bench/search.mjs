// The same search by crossfold and by scikit-learn's RandomizedSearchCV(n_jobs=2), one after the other on the same rows: wall and CPU seconds.
// Every other try goes the other way round, so that a machine that grows slower or faster favours none over all tries.
// What is timed is all that a user waits for: of crossfold the whole command, of scikit-learn the search alone, imports done.
// Usage: CROSSFOLD_PYTHON=… npm run bench:search -- --data <folder with adult.csv> [--rows 4000,30000] [--tries 4] [--races off]
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { cpuSeconds, crossfold, run, runningStack, temporary } from './support.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    rows: { type: 'string', default: '4000,30000' },
    tries: { type: 'string', default: '4' },
    races: { type: 'string', default: 'off,friedman' },
  },
});
const python = process.env.CROSSFOLD_PYTHON;
if (values.data === undefined || python === undefined)
  throw new Error(
    '--data has to name the folder with adult.csv, and CROSSFOLD_PYTHON an interpreter with what jobs import',
  );

const HOLDOUT = 0.2;
const NAMES = { off: 'crossfold, race off', plain: 'RandomizedSearchCV', friedman: 'crossfold, race friedman' };
const races = values.races.split(',');
if (!races.includes('off') || !races.every((race) => ['off', 'friedman'].includes(race)))
  throw new Error('--races is off or off,friedman: scikit-learn searches the settings of the run without a race');
const wanted = Object.keys(NAMES).filter((search) => search === 'plain' || races.includes(search));
const example = parse(readFileSync(join(import.meta.dirname, '../examples/titanic/pipeline.yaml'), 'utf8'));

/** The base setting of each of the three algorithms and 19 drawn ones: 20 settings each. */
function pipelineOf(rows, race) {
  return {
    pipeline: `adult-${rows}`,
    data: { file: 'table.csv' },
    scripts: join(import.meta.dirname, 'search/scripts'),
    split: { holdout: HOLDOUT, folds: 5, seed: 42 },
    objective: 'roc_auc',
    metrics: ['roc_auc'],
    algorithms: example.algorithms,
    tuning: { trials: 19, seed: 7, tune: 'all', race },
  };
}

function crossfoldSearch(folder, rows, race) {
  const file = join(folder, 'pipeline.yaml');
  writeFileSync(file, stringify(pipelineOf(rows, race)));
  const began = { cpu: cpuSeconds(stack), wall: performance.now() };
  const result = JSON.parse(crossfold('run', file, '--no-reuse', '--json'));
  const wall = (performance.now() - began.wall) / 1000;
  const settings = [...result.base, ...result.tuned].map(({ setting }) => setting);
  const { setting, mean } = result.winner;
  return {
    wall,
    cpu: cpuSeconds(stack) - began.cpu,
    settings,
    winner: { ...setting, mean },
    race: result.race,
    jobs: result.jobs.length,
  };
}

function plainSearch(folder, settings) {
  const files = { pipeline: join(folder, 'pipeline.json'), settings: join(folder, 'settings.json') };
  writeFileSync(files.pipeline, JSON.stringify(pipelineOf(0, 'off')));
  writeFileSync(files.settings, JSON.stringify(settings));
  return JSON.parse(
    run(
      python,
      join(import.meta.dirname, 'search/plain.py'),
      join(folder, 'table.csv'),
      files.pipeline,
      files.settings,
    ),
  );
}

const same = (a, b) => a.algorithm === b.algorithm && Math.abs(a.mean - b.mean) < 1e-9;
const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const ratio = (ours, plain) => (ours / plain).toFixed(2);

/** What a search took to what scikit-learn's took: of all tries together, and of each in brackets. */
function ratios(tries, search, figure) {
  const [ours, plain] = [search, 'plain'].map((each) => tries.map((one) => one[each][figure]));
  return `${ratio(mean(ours), mean(plain))} (${ours.map((each, at) => ratio(each, plain[at])).join(' ')})`;
}

/** Says what a search took as soon as it is known: all of them together take long. */
function told(search, figures) {
  console.error(`… ${NAMES[search]}: ${figures.wall.toFixed(1)} s, ${figures.cpu.toFixed(1)} s of CPU`);
  return figures;
}

crossfold('up');
const stack = runningStack();
console.log('| rows | search | wall s | CPU s | wall ratio | CPU ratio | fits left out | winner |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const rows of values.rows.split(',').map(Number)) {
  const folder = temporary();
  const lines = readFileSync(join(resolve(values.data), 'adult.csv'), 'utf8').split('\n');
  writeFileSync(join(folder, 'table.csv'), lines.slice(0, 1 + rows / (1 - HOLDOUT)).join('\n'));
  let settings = [];
  const searches = {
    off: () => {
      const found = crossfoldSearch(folder, rows, 'off');
      settings = found.settings;
      return found;
    },
    plain: () => plainSearch(folder, settings),
    friedman: () => crossfoldSearch(folder, rows, 'friedman'),
  };
  const tries = Array.from({ length: Number(values.tries) }, (_, number) => {
    const order = number % 2 === 0 ? wanted : wanted.toReversed();
    return Object.fromEntries(order.map((search) => [search, told(search, searches[search]())]));
  });
  for (const search of wanted) {
    const of = (figure) => tries.map((each) => figure(each[search], each.plain));
    const race = tries[0]?.[search].race;
    const cells = [
      ...[rows, NAMES[search], mean(of(({ wall }) => wall)).toFixed(1), mean(of(({ cpu }) => cpu)).toFixed(1)],
      ...[ratios(tries, search, 'wall'), ratios(tries, search, 'cpu')],
      race === undefined ? '' : `${race.saved} of ${race.all}`,
      of(({ winner }, plain) => (same(winner, plain.winner) ? 'the same' : 'another')).join(' '),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
