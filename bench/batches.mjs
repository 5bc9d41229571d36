// `batch: auto` against one fit a job and all fits in one job, live, with machines that take a while to start: seconds by the clock on the wall,
// and seconds of instances, of the tuning alone.
// Each try has measured its base fits before its first search, and begins with another of the three ways, so that what slows the machine down for a
// while favours none of them over all tries. Seconds are medians of the tries; a ratio is that of the medians, with each try's own in brackets.
// Usage: npm run bench:batches -- [--startup 0,30,180] [--fit 0.02,30] [--settings 6] [--tries 9] [--minutes 5]
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import { crossfold, median, temporary } from './support.mjs';

const { values } = parseArgs({
  options: {
    startup: { type: 'string', default: '0,30,180' },
    fit: { type: 'string', default: '0.02,30' },
    settings: { type: 'string', default: '6' },
    tries: { type: 'string', default: '9' }, // of each case, at most
    minutes: { type: 'string', default: '5' }, // of a case; the try that is under way is not cut off
  },
});
const here = import.meta.dirname;
const FOLDS = 2;
const numbers = (text) => text.split(',').map(Number);
const settings = Number(values.settings);

const WAYS = [
  { name: 'auto', batch: 'auto' },
  { name: 'one fit a job', batch: 1 },
  { name: 'all in one job', batch: 1000 },
];

/**
 * Whatever is tuned is far worse than the base setting, so that final model and holdout are made once a try: no way waits for their machines.
 *
 * @param attempt from 0: each has a base setting of its own
 * @param search the tuning; without one a run measures the base fits alone
 */
function pipelineOf(seconds, attempt, search) {
  return {
    pipeline: `batches-${String(seconds).replace('.', '-')}`,
    data: { file: 'titanic.csv' },
    scripts: 'scripts',
    split: { folds: FOLDS, seed: 1 },
    objective: 'log_loss',
    metrics: ['log_loss'],
    algorithms: {
      patient: {
        hyperparameters: { C: 1 + attempt / 1000, seconds },
        ranges: { C: { type: 'continuous', min: 1e-9, max: 1e-6, scaling: 'logarithmic' } },
      },
    },
    ...search,
    jobs: { timeout: 86400 },
  };
}

function crossfoldRun(folder, pipeline) {
  const file = join(folder, 'pipeline.yaml');
  writeFileSync(file, stringify(pipeline));
  return JSON.parse(crossfold('run', file, '--json'));
}

async function tuning(temporal, folder, { name, batch }, seconds, attempt) {
  // A seed of its own: each search takes over the base fits, and none another's tuning.
  const seed = WAYS.length * attempt + WAYS.findIndex((way) => way.name === name);
  const search = { tuning: { trials: settings, seed, race: 'off' }, batch };
  const { pipeline, run, jobs, ...result } = crossfoldRun(folder, pipelineOf(seconds, attempt, search));
  const { startTime, closeTime } = await temporal.workflow.getHandle(`${pipeline}/${run}/tune`).describe();
  const own = jobs.filter(({ step, reused }) => step.startsWith('tune/') && !reused);
  const sum = (of) => own.reduce((total, job) => total + of(job), 0);
  return {
    wall: (closeTime.getTime() - startTime.getTime()) / 1000,
    billed: sum((job) => job.seconds),
    whole: sum((job) => job.seconds + job.startup),
    jobs: own.length,
    why: result.batch,
  };
}

/** What each way took, in the order of WAYS, in one try. */
async function oneTry(temporal, folder, seconds, attempt) {
  crossfoldRun(folder, pipelineOf(seconds, attempt, {}));
  const taken = {};
  for (const index of WAYS.keys()) {
    const way = WAYS[(index + attempt) % WAYS.length];
    taken[way.name] = await tuning(temporal, folder, way, seconds, attempt);
  }
  return WAYS.map(({ name }) => taken[name]);
}

async function allTries(temporal, folder, seconds) {
  const end = performance.now() + Number(values.minutes) * 60_000;
  const taken = [];
  do taken.push(await oneTry(temporal, folder, seconds, taken.length));
  while (taken.length < Number(values.tries) && performance.now() < end);
  return taken;
}

const FIGURES = ['wall', 'billed', 'whole'];

/** What auto took to what the better of the others did. */
const ratio = ([auto, ...others]) => (auto / Math.min(...others)).toFixed(2);

/** Of the medians of all tries, and of each try in brackets where there are several. */
function ratios(taken, figure) {
  const each = taken.map((ways) => ways.map((way) => way[figure]));
  const all = ratio(WAYS.map((_, index) => median(each.map((ways) => ways[index]))));
  return each.length === 1 ? all : `${all} (${each.map(ratio).join(' ')})`;
}

console.log(
  `| start-up s | a fit s | fits | way | jobs | wall s | instance-seconds | with start-up | auto to the better: wall | instance-seconds | with start-up |`,
);
console.log(`| ${Array(11).fill('---').join(' | ')} |`);
const why = [];
for (const startup of numbers(values.startup)) {
  process.env.CROSSFOLD_HOME = temporary();
  const folder = temporary();
  cpSync(join(here, '../examples/titanic'), folder, { recursive: true });
  cpSync(join(here, 'batches'), join(folder, 'scripts'), { recursive: true });
  const weather = join(folder, 'weather.yaml');
  writeFileSync(weather, stringify({ startup: { '*': startup } }));
  crossfold('up', '--weather', weather);
  try {
    const environment = JSON.parse(crossfold('env', '--json'));
    const connection = await Connection.connect({ address: environment.TEMPORAL_ADDRESS });
    const temporal = new Client({ connection, namespace: environment.TEMPORAL_NAMESPACE });
    for (const seconds of numbers(values.fit)) {
      const taken = await allTries(temporal, folder, seconds);
      for (const [index, { name }] of WAYS.entries()) {
        const of = (figure) => taken.map((ways) => ways[index][figure]);
        const cells = [
          ...[startup, seconds, FOLDS * settings, name, of('jobs').join(' ')],
          ...FIGURES.map((figure) => median(of(figure)).toFixed(1)),
          ...FIGURES.map((figure) => (name === 'auto' ? ratios(taken, figure) : '')),
        ];
        console.log(`| ${cells.join(' | ')} |`);
      }
      why.push(`start-up ${startup} s, a fit ${seconds} s: ${taken.at(-1)[0].why}`);
    }
    await connection.close();
  } finally {
    crossfold('down');
    rmSync(process.env.CROSSFOLD_HOME, { recursive: true });
  }
}
console.log(`\n${why.join('\n')}`);
