import type { SplitFold } from './evidence.ts';
import { evaluationKey, familyKey, finalKey, foldKey, halvingKey, splitKey } from './cache-keys.ts';
import type { JobMachine, ProcessingSpec, TrainingSpec } from './jobs.ts';
import { cachePrefix, holdFile, jobsPrefix, splitFiles } from './layout.ts';
import { jobName, workflowId } from './names.ts';
import { POLICIES, type RowPlaces } from './methods.ts';
import { metricsOf } from './pipeline.ts';
import { batchHyperparameters, settingsOf, type Batch } from './plan.ts';
import type { RunInput, Subset } from './run.ts';
import type { Setting } from './setting.ts';
import { laterArguments, splitArguments, subsetArguments } from './split.ts';

/** A run's input together with the token that its jobs are named by. */
export interface RunContext {
  readonly input: RunInput;
  readonly token: string;
  /** What the steps of a search within the run are named by, as `outer-2`. */
  readonly scope?: string;
}

/** The context of a search within the run, on a part of its rows; within another search, on a part of that one's. */
export function contextOf({ input, token }: RunContext, scope: string, subset: Subset): RunContext {
  return { input: { ...input, subset: { ...input.subset, ...subset } }, token, scope };
}

/**
 * The context of the search within an outer fold of nested cross validation: of its training rows alone, and without the champion, as its setting was
 * chosen on rows that are the fold's test rows now.
 */
export function outerContext({ input, token }: RunContext, fold: number): RunContext & { readonly scope: string } {
  const scope = `outer-${fold}`;
  return { ...contextOf({ input: { ...input, champion: undefined }, token }, scope, { within: fold }), scope };
}

/** What the jobs of all steps have in common. */
interface StepBase {
  readonly name: string;
  readonly run: string;
  readonly step: string;
  readonly machine: JobMachine;
  readonly home: string;
  readonly hold: string;
}

/** `s3://bucket/prefix/pipeline`, below which everything of a pipeline is. */
export function homeOf({ prefix, pipeline }: Pick<RunInput, 'prefix' | 'pipeline'>): string {
  return `${prefix}/${pipeline.pipeline}`;
}

/** The file that says whether jobs of the run may start. */
export function holdOf({ input, token }: RunContext): string {
  return holdFile(input.prefix, input.pipeline.pipeline, input.run, token);
}

/** The split's row numbers, for people. */
export function foldsFile({ input }: RunContext): string {
  return splitOf(input).folds;
}

/** Where the split leaves its files. */
export function splitOf(input: RunInput): ReturnType<typeof splitFiles> {
  return splitFiles(cachePrefix(homeOf(input), splitKey(input)));
}

/** A step as names of jobs may have it: an algorithm's own may have `_`. */
export function inName(step: string): string {
  return step.replaceAll(/[/_]/g, '-');
}

/** What the job of a step has in common with all others. */
export function base({ input, token, scope }: RunContext, within: string, attempt: number): StepBase {
  const step = scope === undefined ? within : `${scope}/${within}`;
  const { pipeline, run, image, role } = input;
  const { instance, volume, timeout } = pipeline.jobs;
  return {
    name: jobName(pipeline.pipeline, token, inName(step), attempt),
    run: workflowId(pipeline.pipeline, run),
    step,
    home: homeOf(input),
    hold: holdOf({ input, token }),
    machine: { instance, volume, timeout, image: pipeline.jobs.image ?? image, role },
  };
}

/** Splits the table into holdout and folds. */
export function splitSpec(context: RunContext, attempt: number): ProcessingSpec<'split'> {
  const { input } = context;
  const { pipeline } = input;
  return {
    ...base(context, 'split', attempt),
    kind: 'processing',
    script: 'split.py',
    arguments: [
      ...['--task', pipeline.task, ...splitArguments(pipeline.split), ...subsetArguments(input.subset)],
      ...['--metrics', metricsOf(pipeline).join(','), '--algorithms', Object.keys(pipeline.algorithms).join(',')],
      ...laterArguments(input),
    ],
    inputs: [
      { name: 'code', uri: input.code.uri },
      { name: 'data', uri: input.data.uri },
    ],
    output: cachePrefix(homeOf(input), splitKey(input)),
    keep: { step: splitKey(input) },
    result: 'split',
  };
}

/** Where the rows of a run are. */
export function placesOf(input: RunInput): RowPlaces {
  const { train, folds } = splitOf(input);
  return { table: train, folds, fold: (fold) => cachePrefix(homeOf(input), foldKey(input, fold)) };
}

/** Fits preprocessing on one fold's training rows, and stores the fold preprocessed. */
export function preprocessSpec(context: RunContext, rows: SplitFold, attempt: number): ProcessingSpec<'fold'> {
  const { input } = context;
  const { fold } = rows;
  const split = splitOf(input);
  return {
    ...base(context, `fold-${fold}/preprocess`, attempt),
    kind: 'processing',
    script: 'preprocess.py',
    arguments: ['--fold', String(fold), '--task', context.input.pipeline.task],
    inputs: [
      { name: 'code', uri: input.code.uri },
      { name: 'table', uri: split.train },
      { name: 'folds', uri: split.folds },
    ],
    output: cachePrefix(homeOf(input), foldKey(input, fold)),
    keep: { step: foldKey(input, fold), where: { fitted_hash: rows.train_hash, test_hash: rows.test_hash } },
    result: 'fold',
  };
}

/** Trains and scores a batch of fits. */
export function trainSpec(context: RunContext, step: string, batch: Batch, attempt: number): TrainingSpec<'fits'> {
  const { input } = context;
  const { pipeline } = input;
  const metrics = metricsOf(pipeline);
  const settings = settingsOf(batch);
  const policy = POLICIES[pipeline.method];
  const inputs = policy.inputs(placesOf(input), batch);
  return {
    ...base(context, step, attempt),
    kind: 'training',
    script: policy.script,
    hyperparameters: {
      ...batchHyperparameters(batch, settings, metrics, pipeline.split.seed, pipeline.task),
      ...policy.parameters(pipeline.tuning),
    },
    metrics,
    inputs: [{ name: 'code', uri: input.code.uri }, ...inputs],
    output: jobsPrefix(homeOf(input)),
    keep: { families: familiesOf(input, settings) },
    result: 'fits',
  };
}

/** The same by a search that halves: settings leave it before they are scored on all folds. */
export function halvingSpec(context: RunContext, step: string, batch: Batch, attempt: number): TrainingSpec<'fits'> {
  const spec = trainSpec(context, step, batch, attempt);
  return {
    ...spec,
    hyperparameters: { ...spec.hyperparameters, search: 'halving' },
    keep: { ...spec.keep, step: halvingKey(context.input, batch) },
  };
}

/** The key of each algorithm's family of fits. */
export function familiesOf(input: RunInput, settings: readonly Setting[]): Record<string, string> {
  return Object.fromEntries(settings.map(({ algorithm }) => [algorithm, familyKey(input, algorithm)]));
}

/** Fits preprocessing and model on all training rows. */
export function finalSpec(context: RunContext, setting: Setting, attempt: number): TrainingSpec<'none'> {
  const { input } = context;
  const { pipeline } = input;
  return {
    ...base(context, 'final', attempt),
    kind: 'training',
    script: 'final_fit.py',
    hyperparameters: batchHyperparameters([], [setting], metricsOf(pipeline), pipeline.split.seed, pipeline.task),
    metrics: [],
    inputs: [
      { name: 'code', uri: input.code.uri },
      { name: 'table', uri: splitOf(input).train },
    ],
    output: jobsPrefix(homeOf(input)),
    keep: { step: finalKey(input, setting) },
    result: 'none',
  };
}

/** Scores the final model of a setting on the holdout. */
export function evaluateSpec(
  context: RunContext,
  setting: Setting,
  model: string,
  attempt: number,
): ProcessingSpec<'evaluation'> {
  const { input } = context;
  return {
    ...base(context, 'holdout', attempt),
    kind: 'processing',
    script: 'evaluate.py',
    arguments: ['--metrics', metricsOf(input.pipeline).join(',')],
    inputs: [
      { name: 'code', uri: input.code.uri },
      { name: 'model', uri: model },
      { name: 'holdout', uri: splitOf(input).holdout },
    ],
    output: cachePrefix(homeOf(input), evaluationKey(input, setting)),
    keep: { step: evaluationKey(input, setting) },
    result: 'evaluation',
  };
}
