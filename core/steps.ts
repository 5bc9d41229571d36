import { foldsOf, batchHyperparameters, settingsOf, type Batch } from './plan.ts';
import type { JobMachine, ProcessingSpec, TrainingSpec } from './jobs.ts';
import { runLayout, type RunLayout } from './layout.ts';
import { jobName, workflowId } from './names.ts';
import { metricsOf } from './pipeline.ts';
import type { RunInput } from './run.ts';
import type { Setting } from './setting.ts';
import { foldsBefore, splitArguments } from './split.ts';

/** A run's input together with the token that its jobs are named by. */
export interface RunContext {
  readonly input: RunInput;
  readonly token: string;
}

/** What the jobs of all steps have in common. */
interface StepBase {
  readonly name: string;
  readonly run: string;
  readonly step: string;
  readonly machine: JobMachine;
}

/** The most channels that a training job may have (SageMaker's service model); the code is one of them. */
const CHANNEL_LIMIT = 20;

export function layoutOf({ input }: RunContext): RunLayout {
  return runLayout(input.prefix, input.pipeline.pipeline, input.run);
}

function base({ input, token }: RunContext, step: string, attempt: number): StepBase {
  const { pipeline, run, image, role } = input;
  const { instance, volume, timeout } = pipeline.jobs;
  return {
    name: jobName(pipeline.pipeline, token, step.replaceAll('/', '-'), attempt),
    run: workflowId(pipeline.pipeline, run),
    step,
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
      ...['--task', pipeline.task, ...splitArguments(pipeline.split)],
      ...['--metrics', metricsOf(pipeline).join(','), '--algorithms', Object.keys(pipeline.algorithms).join(',')],
    ],
    inputs: [
      { name: 'code', uri: input.code },
      { name: 'data', uri: input.data },
    ],
    output: layoutOf(context).split,
    result: 'split',
  };
}

/** Fits preprocessing on one fold's training rows, and stores the fold preprocessed. */
export function preprocessSpec(context: RunContext, fold: number, attempt: number): ProcessingSpec<'fold'> {
  const layout = layoutOf(context);
  return {
    ...base(context, `fold-${fold}/preprocess`, attempt),
    kind: 'processing',
    script: 'preprocess.py',
    arguments: ['--fold', String(fold), '--task', context.input.pipeline.task],
    inputs: [
      { name: 'code', uri: context.input.code },
      { name: 'table', uri: layout.trainTable },
      { name: 'folds', uri: layout.foldsFile },
    ],
    output: layout.fold(fold),
    result: 'fold',
  };
}

/**
 * Trains and scores a batch of fits on their preprocessed folds.
 *
 * @throws RangeError where the batch needs more folds than a job has channels
 */
export function trainSpec(context: RunContext, step: string, batch: Batch, attempt: number): TrainingSpec<'fits'> {
  const layout = layoutOf(context);
  const folds = foldsOf(batch);
  if (folds.length >= CHANNEL_LIMIT) {
    throw new RangeError(
      `${step}: a batch reaches over ${folds.length} folds; a job has at most ${CHANNEL_LIMIT} channels`,
    );
  }
  const { pipeline } = context.input;
  const metrics = metricsOf(pipeline);
  return {
    ...base(context, step, attempt),
    kind: 'training',
    script: 'train.py',
    hyperparameters: batchHyperparameters(batch, settingsOf(batch), metrics, pipeline.split.seed, pipeline.task),
    metrics,
    inputs: [
      { name: 'code', uri: context.input.code },
      ...folds.map((fold) => ({ name: `fold-${fold}`, uri: layout.fold(fold) })),
    ],
    output: layout.jobs,
    result: 'fits',
  };
}

/** Fits preprocessing and model on all training rows. */
export function finalSpec(context: RunContext, setting: Setting, attempt: number): TrainingSpec<'none'> {
  const layout = layoutOf(context);
  const { pipeline } = context.input;
  return {
    ...base(context, 'final', attempt),
    kind: 'training',
    script: 'final_fit.py',
    hyperparameters: batchHyperparameters([], [setting], metricsOf(pipeline), pipeline.split.seed, pipeline.task),
    metrics: [],
    inputs: [
      { name: 'code', uri: context.input.code },
      { name: 'table', uri: layout.trainTable },
    ],
    output: layout.jobs,
    result: 'none',
  };
}

/** Scores the final model on the holdout. */
export function evaluateSpec(context: RunContext, model: string, attempt: number): ProcessingSpec<'evaluation'> {
  const layout = layoutOf(context);
  return {
    ...base(context, 'holdout', attempt),
    kind: 'processing',
    script: 'evaluate.py',
    arguments: ['--metrics', metricsOf(context.input.pipeline).join(',')],
    inputs: [
      { name: 'code', uri: context.input.code },
      { name: 'model', uri: model },
      { name: 'holdout', uri: layout.holdoutTable },
    ],
    output: layout.evaluation,
    result: 'evaluation',
  };
}

/**
 * Jobs that a run needs from start to end.
 *
 * @param folds how many folds the split made; before the split the pipeline file's word for it
 */
export function plannedJobs({ input }: RunContext, folds = foldsBefore(input.pipeline.split)): number {
  const { pipeline } = input;
  const jobsFor = (fits: number): number => Math.ceil(fits / pipeline.batch);
  const algorithms = Object.keys(pipeline.algorithms).length;
  const search = pipeline.tuning === undefined ? 0 : jobsFor(pipeline.tuning.trials * folds) + jobsFor(folds);
  const [split, final, holdout] = [1, 1, 1];
  return split + folds * (1 + jobsFor(algorithms)) + search + final + holdout;
}
