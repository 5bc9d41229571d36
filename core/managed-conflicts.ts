import { managedFields, type ManagedFields, type Strategy } from './managed-fields.ts';
import { POLICIES, type Method } from './methods.ts';
import { fitsOf } from './plan.ts';
import { gridSize, valuesOf, type Ranges } from './ranges.ts';
import { foldsBefore } from './split.ts';

/** What does not fit together, and where. */
export interface Conflict {
  readonly path: readonly string[];
  readonly message: string;
}

/** The part of a pipeline that a search by SageMaker depends on. */
interface Managed {
  readonly method: Method;
  readonly estimate: string;
  readonly split: Parameters<typeof foldsBefore>[0];
  readonly algorithms: Readonly<Record<string, { readonly ranges: Ranges }>>;
  readonly tuning?: Tuning | undefined;
}

interface Tuning extends ManagedFields {
  readonly scope: string;
  readonly trials: number;
  readonly parallel?: number | undefined;
  readonly seed: number;
  readonly sampler: string;
  readonly settings?: readonly unknown[] | undefined;
  readonly race?: string | undefined;
}

/** The most training jobs of a tuning job, and the most hyperparameters and values of one that it searches (SageMaker's quotas). */
const TRAININGS_LIMIT = 750;
const SEARCHED_LIMIT = 30;
const VALUES_LIMIT = 30;
/** The most fits of a tuning job: their scores go through Temporal as one payload of at most 2 MB. */
const FITS_LIMIT = 3000;
/** The most training jobs of a tuning job that run at once. */
const PARALLEL_LIMIT = 100;
/** The largest RandomSeed: an integer of 32 bits with a sign. */
const SEED_LIMIT = 2 ** 31 - 1;

/** What keeps a pipeline from being tuned as it says; for another scope, what it says of SageMaker's tuning jobs in vain. */
export function managedConflicts(pipeline: Managed): Conflict[] {
  const { tuning } = pipeline;
  if (tuning === undefined) return [];
  if (tuning.scope !== 'managed') return foreignFields(tuning);
  const { split, algorithms } = pipeline;
  const most = Math.min(TRAININGS_LIMIT, Math.floor(FITS_LIMIT / foldsBefore(split)));
  const ranges = Object.entries(algorithms).flatMap(([name, { ranges: own }]) =>
    rangeConflicts(['algorithms', name, 'ranges'], own, tuning.strategy, most),
  );
  return [...fieldConflicts(tuning, pipeline, most), ...foldConflicts(pipeline), ...ranges];
}

function foreignFields(tuning: Tuning): Conflict[] {
  const given = new Map<string, unknown>(Object.entries(tuning));
  return Object.keys(managedFields)
    .filter((field) => given.get(field) !== undefined)
    .map((field) => at(['tuning', field], `found with scope ${tuning.scope}; allowed: with scope managed alone`));
}

function fieldConflicts(tuning: Tuning, { method, estimate }: Managed, most: number): Conflict[] {
  const { race = 'off', sampler, settings, seed, strategy, trials, parallel = 1 } = tuning;
  const early = tuning['early-stopping'] === true;
  const found: [boolean, string, string][] = [
    [race !== 'off', 'race', `found ${race}; allowed with scope managed: off, as all folds are scored in one job`],
    [sampler !== 'random', 'sampler', `found ${sampler}; allowed with scope managed: strategy in its place`],
    [settings !== undefined, 'settings', 'found settings given by hand; allowed with scope managed: ranges to search'],
    [parallel > PARALLEL_LIMIT, 'parallel', `found ${parallel}; allowed with scope managed: at most ${PARALLEL_LIMIT}`],
    [seed > SEED_LIMIT, 'seed', `found ${seed}; allowed with scope managed: at most ${SEED_LIMIT}`],
    [
      strategy !== 'grid' && trials > most,
      'trials',
      `found ${trials}; allowed with scope managed and these folds: at most ${most}`,
    ],
    [
      early && strategy === 'hyperband',
      'early-stopping',
      'found true; allowed with strategy hyperband: false, as it stops training jobs by a rule of its own',
    ],
    [
      (early || strategy === 'hyperband') && method === 'bundled',
      early ? 'early-stopping' : 'strategy',
      `found ${early ? 'true' : 'hyperband'}; allowed with method folds or indices: with bundled no fold ends before the others`,
    ],
    [
      tuning['warm-start'] !== undefined && strategy === 'grid',
      'warm-start',
      'found with strategy grid, which tries everything whatever is known; allowed with: random, bayesian, hyperband',
    ],
    [
      tuning['warm-start'] !== undefined && estimate === 'nested',
      'warm-start',
      'found with estimate nested; allowed: with estimate plain, as earlier runs have seen the rows of the outer folds',
    ],
  ];
  return found.flatMap(([applies, field, message]) => (applies ? [at(['tuning', field], message)] : []));
}

/** All folds of a setting ride in one job. */
function foldConflicts({ method, split }: Managed): Conflict[] {
  const folds = foldsBefore(split);
  const setting = { id: 'any', algorithm: 'any', hyperparameters: {} };
  const fits = fitsOf(
    [setting],
    Array.from({ length: folds }, (_, fold) => fold),
  );
  const [first = []] = POLICIES[method].batches(fits, [folds]);
  if (first.length === folds) return [];
  return [
    at(
      ['split', 'folds'],
      `found ${folds} folds in all; allowed with scope managed and method ${method}: at most ${first.length}, or method indices`,
    ),
  ];
}

/** @param most the most settings of a grid */
function rangeConflicts(
  place: readonly string[],
  ranges: Ranges,
  strategy: Strategy | undefined,
  most: number,
): Conflict[] {
  const conflicts: Conflict[] = [];
  const refuse = (path: readonly string[], message: string): void => {
    conflicts.push(at([...place, ...path], message));
  };
  const count = Object.keys(ranges).length;
  if (count > SEARCHED_LIMIT)
    refuse([], `found ${count} hyperparameters; allowed with scope managed: at most ${SEARCHED_LIMIT}`);
  if (strategy !== 'grid') return conflicts;
  for (const [key, range] of Object.entries(ranges)) {
    const values = valuesOf(range).length;
    if (range.type === 'continuous')
      refuse([key, 'type'], 'found continuous; allowed with strategy grid: categorical, integer');
    if (values > VALUES_LIMIT)
      refuse([key], `found ${values} values; allowed with strategy grid: at most ${VALUES_LIMIT}`);
  }
  const size = gridSize(ranges);
  if (size > most) refuse([], `found a grid of ${size} settings; allowed with these folds: at most ${most}`);
  return conflicts;
}

function at(path: readonly string[], message: string): Conflict {
  return { path, message };
}
