// `batch: auto` against one fit a job and all fits in one job, live, with machines that take a while to start: seconds by the clock on the wall,
// and seconds of instances, of the tuning alone.
// Each figure is the median of the tries, of which each measures the base fits anew.
// Usage: npm run bench:batches -- [--startup 0,30,180] [--fit 0.02,30] [--settings 6] [--tries 1]
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
    tries: { type: 'string', default: '1' },
  },
});
const here = import.meta.dirname;
const FOLDS = 2;
const numbers = (text) => text.split(',').map(Number);
const settings = Number(values.settings);
const tries = Array.from({ length: Number(values.tries) }, (_, index) => index);

/** Each way searches with a seed of its own: it takes over the base fits of the first, and none of its tuning. */
const WAYS = [
  { name: 'auto', batch: 'auto' },
  { name: 'one fit a job', batch: 1 },
  { name: 'all in one job', batch: 1000 },
];

function pipelineOf(batch, seconds, seed, attempt) {
  return {
    pipeline: `batches-${String(seconds).replace('.', '-')}-${attempt}`,
    data: { file: 'titanic.csv' },
    scripts: 'scripts',
    split: { folds: FOLDS, seed: 1 },
    algorithms: {
      patient: {
        hyperparameters: { C: 1, seconds },
        ranges: { C: { type: 'continuous', min: 0.01, max: 10, scaling: 'logarithmic' } },
      },
    },
    tuning: { trials: settings, seed, race: 'off' },
    batch,
    jobs: { timeout: 86400 },
  };
}

async function tuning(temporal, folder, { batch }, seconds, seed, attempt) {
  const file = join(folder, 'pipeline.yaml');
  writeFileSync(file, stringify(pipelineOf(batch, seconds, seed, attempt)));
  const { pipeline, run, jobs, ...result } = JSON.parse(crossfold('run', file, '--json'));
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

/** The median of each figure; jobs and reason of the last try. */
function middle(taken) {
  const of = (figure) => median(taken.map((each) => each[figure]));
  return { ...taken.at(-1), wall: of('wall'), billed: of('billed'), whole: of('whole') };
}

const ratio = (ours, others) => (ours / Math.min(...others)).toFixed(2);
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
      const taken = WAYS.map(() => []);
      for (const attempt of tries)
        for (const [seed, way] of WAYS.entries())
          taken[seed].push(await tuning(temporal, folder, way, seconds, seed, attempt));
      const found = WAYS.map((way, index) => ({ ...way, ...middle(taken[index]) }));
      const [auto, ...others] = found;
      for (const { name, jobs, wall, billed, whole } of found) {
        const against = [
          ['wall', wall],
          ['billed', billed],
          ['whole', whole],
        ].map(([key, own]) =>
          name === 'auto'
            ? ratio(
                own,
                others.map((each) => each[key]),
              )
            : '',
        );
        console.log(
          `| ${startup} | ${seconds} | ${FOLDS * settings} | ${name} | ${jobs} | ${wall.toFixed(1)} | ${billed.toFixed(1)} | ${whole.toFixed(1)} | ${against.join(' | ')} |`,
        );
      }
      why.push(`start-up ${startup} s, a fit ${seconds} s: ${auto.why}`);
    }
    await connection.close();
  } finally {
    crossfold('down');
    rmSync(process.env.CROSSFOLD_HOME, { recursive: true });
  }
}
console.log(`\n${why.join('\n')}`);
