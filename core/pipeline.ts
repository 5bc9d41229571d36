import { z } from 'zod';
import { approval } from './approval.ts';
import type { BatchRule, JobTimes } from './batch-size.ts';
import { orderOf, simpler } from './complexity.ts';
import { priceOf } from './prices.ts';
import { RACE_RULES, type RaceRule } from './racing.ts';
import type { Told } from './job-load.ts';
import { loadConflicts } from './load-conflicts.ts';
import { managedConflicts } from './managed-conflicts.ts';
import { managedFields } from './managed-fields.ts';
import { METHODS, POLICIES } from './methods.ts';
import { GRID_LIMIT, gridSize, range } from './ranges.ts';
import { samplingConflicts } from './sampling-limits.ts';
import { SAMPLERS } from './search.ts';
import { retrain } from './retrain-spec.ts';
import { select } from './selection.ts';
import { hyperparameterValue, type Setting } from './setting.ts';
import { foldsBefore, split, splitConflicts, withScheme } from './split.ts';
import { task, TASK_DEFAULTS } from './task.ts';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case letters and digits, in words joined by "-", a letter first')
  .max(30);
const identifier = z.string().regex(/^[a-z][a-z0-9_]*$/, 'lower-case letters, digits and "_", a letter first');
const instance = z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'a SageMaker instance type, such as ml.m5.large');
const seed = z.int().min(0).max(4_294_967_295);

const data = z
  .strictObject({
    file: z.string().min(1).optional().describe('A CSV file, UTF-8 with a header; its path from the pipeline file.'),
    uri: z
      .string()
      .regex(/^s3:\/\/[^/]+\/.+[^/]$/, 's3://bucket/key of one object')
      .optional()
      .describe('The same as an object in S3.'),
  })
  .refine((value) => (value.file === undefined) !== (value.uri === undefined), {
    message: 'found both or neither of file and uri; allowed: exactly one of them',
  })
  .describe('The table. Its columns are named in scripts/preprocessing.py alone.');

const algorithm = z.strictObject({
  hyperparameters: z.record(z.string(), hyperparameterValue).default({}).describe('The base setting.'),
  ranges: z.record(z.string(), range).default({}).describe('What tuning may change.'),
  simpler: simpler
    .optional()
    .describe(
      'Which way each hyperparameter makes a model simpler, the most telling first, as lower, higher, or with what is taken where it is not given; default: as crossfold knows.',
    ),
});

const given = z
  .strictObject({ algorithm: identifier, hyperparameters: z.record(z.string(), hyperparameterValue).default({}) })
  .describe('A setting: what it does not say is as in the base setting of its algorithm.');

const tuning = z.strictObject({
  trials: z.int().min(1).max(10_000).default(20).describe('Settings to try for each algorithm that is tuned.'),
  seed: seed.default(0),
  sampler: z
    .enum(SAMPLERS)
    .default('random')
    .describe(
      'How settings are drawn; grid takes every combination of categorical and integer ranges, bayesian learns from earlier trials.',
    ),
  parallel: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'Sampler bayesian: settings of each algorithm that are suggested and tried at a time; default: 5. Scope managed: training jobs that run at once; default: as many as jobs may run at once, at most 10.',
    ),
  tune: z
    .string()
    .regex(/^(best|all|top-[1-9]\d?)$/, 'best, all, or top-<n> such as top-2')
    .default('best')
    .describe('Which algorithms are tuned, by the mean of their base settings.'),
  settings: z
    .array(given)
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'Settings given by hand: they are cross-validated, and nothing is drawn; they race only where race says how.',
    ),
  scope: z
    .enum(['shared', 'per-fold', 'managed'])
    .default('shared')
    .describe(
      "shared: a trial is scored over all folds; per-fold: each fold tunes on its own; managed: SageMaker's tuning job searches, and each of its training jobs scores a trial over all folds.",
    ),
  ...managedFields,
  then: z
    .enum(['best', 'each', 'both'])
    .default('both')
    .describe('After scope per-fold: cross-validate the best of the winners, each of them, or both.'),
  sample: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe('Tune on this share of the training rows; the winner is then cross-validated on all of them.'),
  race: z
    .enum(RACE_RULES)
    .optional()
    .describe(
      'The rule by which settings that can no longer win are dropped before all folds are scored; default: friedman; off with settings given by hand, with method bundled, and with any scope but shared. Method bundled knows halving alone.',
    ),
});

const jobs = z
  .strictObject({
    instance: instance.default('ml.m5.large'),
    volume: z.int().min(1).max(16_384).default(30).describe('Disk of a job, GB.'),
    timeout: z.int().min(60).max(432_000).default(3600).describe('The longest that a job may run, seconds.'),
    image: z.string().min(1).max(255).optional().describe('Container image; default: CROSSFOLD_IMAGE.'),
    price: z.number().gt(0).optional().describe('USD per instance-hour; default: what crossfold knows of us-east-1.'),
  })
  .prefault({});

const deploy = z.strictObject({
  endpoint: name.describe('Name of the endpoint.'),
  instance: instance.default('ml.m5.large'),
  instances: z.int().min(1).max(100).default(1),
  approval: approval.optional(),
  capture: z
    .number()
    .min(0.01)
    .max(1)
    .optional()
    .describe('Share of the requests that is kept in S3, so that a schedule sees drift in them.'),
});

/** The pipeline file. Its JSON Schema, its checks and its type come from here. */
export const pipeline = z
  .strictObject({
    pipeline: name.describe('Name of the pipeline: part of the names of runs, jobs and prefixes.'),
    data,
    scripts: z
      .string()
      .min(1)
      .default('scripts')
      .describe(
        'Folder with preprocessing.py, from the pipeline file; other files there replace or extend the standard scripts.',
      ),
    task: task.default('classification').describe('What is predicted: a class or a number.'),
    split,
    method: z
      .enum(METHODS)
      .default('folds')
      .describe(
        'Where preprocessing happens: folds, once per fold in a job of its own; indices, in each training job; bundled, in one job that does all.',
      ),
    objective: identifier
      .optional()
      .describe('The metric that settings are compared by; default: roc_auc, for a regression rmse.'),
    metrics: z.array(identifier).min(1).max(20).optional().describe('What is computed besides for every fit.'),
    algorithms: z.record(identifier, algorithm).refine((value) => Object.keys(value).length > 0, {
      message: 'found none; allowed: at least one algorithm, such as logistic_regression',
    }),
    tuning: tuning.optional().describe('Search for a better setting of the best algorithm; without it there is none.'),
    estimate: z
      .enum(['plain', 'nested'])
      .default('plain')
      .describe('nested: the whole search is repeated within each fold, for a score that no choice has flattered.'),
    select: select.default('best').describe('Which of the scored settings wins.'),
    confidence: z.number().gt(0).lt(1).default(0.95).describe('Of intervals; 1 - the level of comparisons.'),
    batch: z
      .union([z.int().min(1).max(1000), z.literal('auto')], 'a whole number from 1 to 1000, or auto')
      .default('auto')
      .describe('Fits that ride in one training job; auto measures the first jobs and chooses.'),
    overhead: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.2)
      .describe("With batch auto: the share of the jobs' time that may go into reading and writing."),
    jobs,
    deploy: deploy
      .optional()
      .describe('Serve the final model from an endpoint; without it the model is only registered.'),
    budget: z
      .strictObject({ usd: z.number().positive().describe('US dollars at list prices.') })
      .optional()
      .describe('People are told once a run has cost more; it goes on.'),
    retrain: retrain.describe('What a schedule retrains by.'),
  })
  .superRefine((value, context) => {
    for (const { field, message } of splitConflicts(withScheme(value.split, value.task), value.task)) {
      context.addIssue({ code: 'custom', path: ['split', field], message });
    }
    if (value.budget !== undefined && priceOf(value.jobs) === undefined) {
      const message = `the price of ${value.jobs.instance} is not known; allowed with a budget: jobs.price`;
      context.addIssue({ code: 'custom', path: ['budget'], message });
    }
    const tunable = Object.values(value.algorithms).some((each) => Object.keys(each.ranges).length > 0);
    if (value.tuning !== undefined) refuseSearch(value.tuning, value.algorithms, context);
    for (const { path, message } of managedConflicts({ ...value, split: withScheme(value.split, value.task) })) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
    for (const { field, message } of value.tuning === undefined ? [] : conflictsOf(value.tuning, value)) {
      context.addIssue({ code: 'custom', path: ['tuning', field], message });
    }
    if (value.tuning !== undefined && value.tuning.settings === undefined && !tunable) {
      context.addIssue({
        code: 'custom',
        path: ['tuning'],
        message: 'found tuning, yet no algorithm has ranges; allowed: give at least one algorithm ranges',
      });
    }
    const rule = value.tuning?.race ?? 'off';
    if (POLICIES[value.method].races === 'within a job' && rule !== 'off' && rule !== 'halving') {
      context.addIssue({
        code: 'custom',
        path: ['tuning', 'race'],
        message: `found ${rule} with method ${value.method}; allowed: halving, off, as scikit-learn's search in its one job knows no other race`,
      });
    }
    if (value.tuning?.scope === 'per-fold' && rule !== 'off') {
      context.addIssue({
        code: 'custom',
        path: ['tuning', 'race'],
        message: `found ${rule} with scope per-fold; allowed: off, as a fold that tunes on its own scores each setting once`,
      });
    }
    if (value.select !== 'best') refuseWithoutOrder(value.algorithms, context);
  })
  .transform((value) => ({
    ...value,
    split: withScheme(value.split, value.task),
    algorithms: value.select === 'best' ? value.algorithms : withOrders(value.algorithms),
    ...withMetrics(value),
  }));

/** The objective and the metrics, the task's own where the file says none. */
function withMetrics({
  task: predicted,
  objective = TASK_DEFAULTS[predicted].objective,
  metrics = [...TASK_DEFAULTS[predicted].metrics],
}: Scoring): { objective: string; metrics: string[] } {
  return { objective, metrics };
}

/** How fits are scored, as the pipeline file says it. */
interface Scoring {
  readonly task: z.infer<typeof task>;
  readonly objective?: string | undefined;
  readonly metrics?: string[] | undefined;
}

function conflictsOf(
  search: z.infer<typeof tuning>,
  value: Pick<Pipeline, 'algorithms' | 'method'> & Scoring & { split: z.infer<typeof split> },
): Pick<ReturnType<typeof loadConflicts | typeof samplingConflicts>[number], 'field' | 'message'>[] {
  const folds = foldsBefore(withScheme(value.split, value.task));
  const algorithms = search.tune === 'best' ? 1 : Object.keys(value.algorithms).length;
  const studies = search.scope === 'per-fold' ? algorithms * folds : algorithms;
  const told = toldOf({ ...value, ...withMetrics(value) });
  return [
    ...samplingConflicts(search, { folds, studies }),
    ...loadConflicts(search, { ...told, folds, algorithms: value.algorithms, method: value.method }),
  ];
}

/** Refuses settings of algorithms that the pipeline has not, and grids that have no end. */
function refuseSearch(
  { settings = [], sampler }: z.infer<typeof tuning>,
  algorithms: Readonly<Record<string, z.infer<typeof algorithm>>>,
  context: z.RefinementCtx,
): void {
  const refuse = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  for (const [index, { algorithm: name }] of settings.entries()) {
    if (algorithms[name] === undefined)
      refuse(
        ['tuning', 'settings', index, 'algorithm'],
        `found ${name}; allowed: ${Object.keys(algorithms).join(', ')}`,
      );
  }
  if (sampler !== 'grid') return;
  for (const [name, { ranges }] of Object.entries(algorithms)) {
    for (const [key, value] of Object.entries(ranges)) {
      if (value.type === 'continuous')
        refuse(
          ['algorithms', name, 'ranges', key, 'type'],
          'found continuous; allowed with sampler grid: categorical, integer',
        );
    }
    const size = gridSize(ranges);
    if (size > GRID_LIMIT)
      refuse(['algorithms', name, 'ranges'], `found a grid of ${size} settings; allowed: at most ${GRID_LIMIT}`);
  }
}

/** A rule that looks for the simplest setting needs to know, of every algorithm, what simpler is; and only numbers have an order. */
function refuseWithoutOrder(
  algorithms: Readonly<Record<string, z.infer<typeof algorithm>>>,
  context: z.RefinementCtx,
): void {
  for (const [name, { simpler: own, hyperparameters, ranges }] of Object.entries(algorithms)) {
    const refuse = (path: string[], message: string): void => {
      context.addIssue({ code: 'custom', path: ['algorithms', name, ...path], message });
    };
    const order = orderOf(name, own);
    if (order === undefined) {
      refuse([], 'found no order of complexity, which select needs; allowed: with simpler, as { max_depth: lower }');
    }
    for (const each of Object.keys(order ?? {})) {
      const found = ranges[each];
      const [field, values] =
        found?.type === 'categorical' ? ['ranges', found.values] : ['hyperparameters', [hyperparameters[each] ?? null]];
      const text = values.find((value) => value !== null && typeof value !== 'number');
      if (text !== undefined) {
        refuse(
          [field, each],
          `found ${JSON.stringify(text)}, which select cannot order; allowed: numbers, or simpler without ${each}`,
        );
      }
    }
  }
}

/** The algorithms with the orders that a run selects by: it is started with them, so that no later version of crossfold changes its choice. */
function withOrders(
  algorithms: Readonly<Record<string, z.infer<typeof algorithm>>>,
): Record<string, z.infer<typeof algorithm>> {
  return Object.fromEntries(
    Object.entries(algorithms).map(([name, each]) => [name, { ...each, simpler: orderOf(name, each.simpler) }]),
  );
}

export type Pipeline = z.infer<typeof pipeline>;

/** The rule by which settings leave the search; off by default where that is in one job, and for settings that are given by hand. */
export function raceRuleOf({ method, tuning: search }: Pick<Pipeline, 'method' | 'tuning'>): RaceRule {
  if (search === undefined || search.scope !== 'shared') return 'off';
  const races = POLICIES[method].races === 'between jobs' && search.settings === undefined;
  return search.race ?? (races ? 'friedman' : 'off');
}

/** The base setting of each algorithm. */
export function baseSettings({ algorithms }: Pick<Pipeline, 'algorithms'>): Setting[] {
  return Object.entries(algorithms).map(([name, { hyperparameters }]) => ({
    id: `base-${name}`,
    algorithm: name,
    hyperparameters,
  }));
}

/** How the first fits are grouped, before anything was measured: those of the algorithms on one fold ride together. */
export function firstBatches({ batch, algorithms }: Pick<Pipeline, 'batch' | 'algorithms'>): BatchRule {
  return { fixed: batch === 'auto' ? Object.keys(algorithms).length : batch };
}

/** How fits are grouped once jobs were measured. None is planned to take more than half of what a job may. */
export function batchRule(
  { overhead, jobs: { timeout } }: Pick<Pipeline, 'overhead' | 'jobs'>,
  times: JobTimes,
  slots: number,
): BatchRule {
  return { times, slots, share: overhead, longest: timeout / 2 };
}

/** Every metric that a run computes: the objective first, the others as listed, none twice. */
export function metricsOf(value: Pick<Pipeline, 'objective' | 'metrics'>): string[] {
  return [...new Set([value.objective, ...value.metrics])];
}

/** What every job that carries fits is told beside them. */
export function toldOf(
  value: Pick<Pipeline, 'objective' | 'metrics' | 'task'> & { readonly split: Pick<Pipeline['split'], 'seed'> },
): Told {
  return { metrics: metricsOf(value), seed: value.split.seed, task: value.task };
}

/** The pipeline file's JSON Schema, for editors. */
export function pipelineJsonSchema(): Record<string, unknown> {
  return { title: 'crossfold pipeline', ...z.toJSONSchema(pipeline, { io: 'input' }) };
}
