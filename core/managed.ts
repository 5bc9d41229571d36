import { managedKey } from './cache-keys.ts';
import { contentKey } from './content-key.ts';
import { CrossfoldError } from './errors.ts';
import type { SplitFold } from './evidence.ts';
import type { TuningSpec, WarmStart } from './jobs.ts';
import { jobsPrefix } from './layout.ts';
import type { Strategy } from './managed-fields.ts';
import { POLICIES } from './methods.ts';
import { tuningJobName } from './names.ts';
import { metricsOf, type Pipeline } from './pipeline.ts';
import { batchHyperparameters, fitsOf } from './plan.ts';
import type { Goal } from './results.ts';
import type { Setting } from './setting.ts';
import { base, familiesOf, homeOf, placesOf, type RunContext, inName } from './steps.ts';

/** A tuning job of an earlier run, as far as it decides what a later one can learn from it. */
export interface Parent {
  readonly algorithm: string;
  /** The tuning job's name. */
  readonly job: string;
  /** What tells its image and its input from others. */
  readonly inputs: string;
}

/** A search by SageMaker's tuning job, for the report: what it was, and what of it gave no trial. */
export interface ManagedSearch extends Parent {
  readonly strategy: Strategy;
  /** The hyperparameters that were searched. */
  readonly searched: readonly string[];
  readonly warmStart: WarmStart | undefined;
  /** How many training jobs it had. */
  readonly trainings: number;
  /** How many of them were stopped before all folds were scored. */
  readonly stoppedEarly: number;
  readonly unscored: readonly Unscored[];
}

/** A training job of a tuning job that gave no trial. */
export interface Unscored {
  readonly job: string;
  readonly searched: Readonly<Record<string, string>>;
  readonly reason: string;
}

/** Training jobs that a tuning job may have at once unless AWS allows more (SageMaker's quotas). */
const PARALLEL_DEFAULT = 10;

/** How many training jobs a tuning job has at once. */
export function trainingsAtOnce({ parallel }: { readonly parallel?: number | undefined }, slots: number): number {
  return parallel ?? Math.min(slots, PARALLEL_DEFAULT);
}

/** SageMaker's search among the settings of one algorithm; each of its training jobs scores one setting over all folds. */
export function tuningSpec(
  context: RunContext,
  tuning: NonNullable<Pipeline['tuning']>,
  setting: Setting,
  folds: readonly SplitFold[],
  goal: Goal,
  attempt: number,
): TuningSpec<'tuning'> {
  const { input, token } = context;
  const { pipeline, slots, code } = input;
  const { algorithm, hyperparameters } = setting;
  const metrics = metricsOf(pipeline);
  const ranges = pipeline.algorithms[algorithm]?.ranges ?? {};
  const trial: Setting = { id: 'trial', algorithm, hyperparameters };
  const batch = wholeBatch(pipeline, trial, folds);
  const policy = POLICIES[pipeline.method];
  const inputs = [{ name: 'code', uri: code.uri }, ...policy.inputs(placesOf(input), batch)];
  const search = {
    objective: pipeline.objective,
    types: Object.fromEntries(Object.entries(ranges).map(([name, { type }]) => [name, type])),
  };
  const common = base(context, `tune/${algorithm}`, attempt);
  return {
    ...common,
    name: tuningJobName(token, inName(common.step), attempt),
    kind: 'tuning',
    script: policy.script,
    hyperparameters: batchHyperparameters(batch, [trial], metrics, pipeline.split.seed, pipeline.task, search),
    metrics,
    objective: { metric: pipeline.objective, goal },
    strategy: tuning.strategy ?? 'random',
    ranges,
    trials: tuning.trials,
    parallel: trainingsAtOnce(tuning, slots),
    seed: tuning.seed,
    earlyStopping: tuning['early-stopping'] ?? false,
    epochs: folds.length,
    warmStart: warmStartOf(input.parents ?? [], algorithm, inputsKey(inputs, common.machine.image)),
    inputs,
    output: jobsPrefix(homeOf(input)),
    keep: { step: managedKey(input, tuning, setting), families: familiesOf(input, [setting]) },
    result: 'tuning',
  };
}

/** What tells the image and the input of a tuning job's training jobs from those of others. */
export function inputsKey(inputs: TuningSpec['inputs'], image: string): string {
  return contentKey({ image, inputs });
}

/**
 * What a tuning job starts from. Scores of earlier ones count as its own where these had the same image and the same input, so that they
 * would be made again.
 */
function warmStartOf(parents: readonly Parent[], algorithm: string, inputs: string): WarmStart | undefined {
  const own = parents.filter((parent) => parent.algorithm === algorithm);
  if (own.length === 0) return undefined;
  const identical = own.every((parent) => parent.inputs === inputs);
  return {
    type: identical ? 'IdenticalDataAndAlgorithm' : 'TransferLearning',
    parents: own.map(({ job }) => job),
  };
}

/** @throws CrossfoldError PipelineInvalid where the folds do not fit in one job: their number may be known from the split alone */
function wholeBatch({ method }: Pipeline, setting: Setting, folds: readonly SplitFold[]): ReturnType<typeof fitsOf> {
  const fits = fitsOf(
    [setting],
    folds.map(({ fold }) => fold),
  );
  const [first = []] = POLICIES[method].batches(fits, [fits.length]);
  if (first.length === fits.length) return fits;
  throw new CrossfoldError(
    'PipelineInvalid',
    `tuning.scope: found managed with ${folds.length} folds; allowed with method ${method}: at most ${first.length}, or method indices.`,
  );
}
