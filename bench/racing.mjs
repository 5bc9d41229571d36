// What the rules of a race save and risk, on scores of real searches: a Markdown table. Scores that are recorded are not fitted again.
// Usage: CROSSFOLD_PYTHON=… npm run bench:racing -- --data <folder with titanic.csv and adult.csv> [--seeds 50] [--searches titanic,adult]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fieldOf, inOrders, replay, RULES } from './racing/replay.mjs';
import { searchesOf, SEARCH_NAMES } from './racing/searches.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '50' },
    searches: { type: 'string', default: SEARCH_NAMES.join(',') },
    scores: { type: 'string', default: join(homedir(), '.cache/crossfold/bench/racing') },
  },
});

/** Fits what is not recorded yet, where there is a folder with the tables. */
function record(name, file) {
  if (values.data === undefined) return;
  const python = process.env.CROSSFOLD_PYTHON;
  if (python === undefined) throw new Error('CROSSFOLD_PYTHON is not set: an interpreter with what jobs import');
  mkdirSync(values.scores, { recursive: true });
  const input = searchesOf(name, resolve(values.data), Number(values.seeds))
    .map((search) => `${JSON.stringify(search)}\n`)
    .join('');
  const { status } = spawnSync(python, [join(import.meta.dirname, 'racing/scores.py'), file], {
    input,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`recording ${name} ended with ${status}`);
}

const percent = (share) => (100 * share).toFixed(1);
const average = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

function print(name, searches, algorithm) {
  const fields = searches.flatMap((search) => inOrders(fieldOf(search, algorithm)));
  const rows = Math.min(...searches.map((search) => search.test_rows));
  const what = `${name}, ${algorithm}, ${rows} test rows a fold, ${searches.length} searches`;
  for (const [rule, step] of Object.entries(RULES)) {
    const races = fields.map((scores) => replay(scores, step));
    const same = average(races.map(({ loss }) => Number(loss === 0)));
    const worst = Math.max(...races.map(({ loss }) => loss));
    console.log(
      `| ${what} | ${rule} | ${percent(average(races.map(({ saved }) => saved)))} | ${percent(same)} | ${worst.toFixed(4)} |`,
    );
  }
}

console.log('| search | rule | % of fits saved | % with the same winner | worst loss |');
console.log('| --- | --- | --- | --- | --- |');
for (const name of values.searches.split(',')) {
  const file = join(values.scores, `${name}.jsonl`);
  record(name, file);
  if (!existsSync(file)) throw new Error(`${file} is not there: say where the tables are with --data`);
  const searches = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const counted = searches[0].algorithms.reduce((all, each) => ({ ...all, [each]: (all[each] ?? 0) + 1 }), {});
  if (Object.keys(counted).length === 3) print(name, searches, 'all');
  for (const [algorithm, count] of Object.entries(counted)) if (count >= 40) print(name, searches, algorithm);
}
