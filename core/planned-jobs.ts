import { sum } from 'simple-statistics';
import { settingLoad } from './job-load.ts';
import { POLICIES } from './methods.ts';
import { firstBatches, raceRuleOf, toldOf, type Pipeline } from './pipeline.ts';
import { FIRST_ROUND } from './racing.ts';
import { suggesterOf, wavesOf } from './sampling.ts';
import { foldsBefore } from './split.ts';
import { longestSetting, mostSettings, triedSettings } from './tried-settings.ts';

/** What a job of a run does, as far as its time goes. */
export const JOB_TYPES = ['split', 'preprocess', 'train', 'suggest', 'tuning', 'final', 'holdout'] as const;
export type JobType = (typeof JOB_TYPES)[number];

/** The steps of a plan, in the order in which a run takes them. */
export type PlannedStepName = 'split' | 'folds' | 'sample' | 'tune' | 'confirm' | 'nested' | 'final' | 'holdout';

/** The jobs of one step, and the fits that they carry; at most so many, as a race drops settings and fits are taken over. */
export interface PlannedStep {
  readonly step: PlannedStepName;
  readonly jobs: Readonly<Partial<Record<JobType, number>>>;
  readonly fits: number;
}

/** What a plan depends on that the pipeline file may not tell. */
export interface PlanFacts {
  /** Folds that the split makes; before the split the file's word for it. */
  readonly folds?: number;
  /** Fits that a job of the tuning carries; before anything was measured as many as in the first jobs. */
  readonly tuneBatch?: number;
}

/** The most jobs that a run needs from start to end, step by step. */
export function plannedSteps(pipeline: Pipeline, facts: PlanFacts = {}): PlannedStep[] {
  const folds = facts.folds ?? foldsBefore(pipeline.split);
  const search = searchSteps(pipeline, folds, facts.tuneBatch ?? firstSize(pipeline));
  return [
    { step: 'split', jobs: { split: 1 }, fits: 0 },
    ...search,
    ...(pipeline.estimate === 'nested' ? [nestedStep(search, folds)] : []),
    { step: 'final', jobs: { final: 1 }, fits: 0 },
    { step: 'holdout', jobs: { holdout: 1 }, fits: 0 },
  ];
}

/** How many jobs a step has. */
export function jobsOf({ jobs }: Pick<PlannedStep, 'jobs'>): number {
  return JOB_TYPES.reduce((sum, type) => sum + (jobs[type] ?? 0), 0);
}

/** The most jobs that a run needs from start to end. */
export function plannedJobs(pipeline: Pipeline, facts: PlanFacts = {}): number {
  return plannedSteps(pipeline, facts).reduce((sum, step) => sum + jobsOf(step), 0);
}

function firstSize(pipeline: Pipeline): number {
  const rule = firstBatches(pipeline);
  return 'fixed' in rule ? rule.fixed : 1;
}

/** Cross validation of the base settings, tuning, and the winner's cross validation, on the rows of one split. */
function searchSteps(pipeline: Pipeline, folds: number, tuneBatch: number): PlannedStep[] {
  const { preprocesses } = POLICIES[pipeline.method];
  const algorithms = Object.keys(pipeline.algorithms).length;
  const first = firstSize(pipeline);
  const preprocess = preprocesses ? { preprocess: folds } : {};
  // A fold that is preprocessed apart is trained apart.
  const train = preprocesses
    ? folds * jobsFor(pipeline, algorithms, first)
    : jobsFor(pipeline, folds * algorithms, first);
  const base: PlannedStep = { step: 'folds', jobs: { ...preprocess, train }, fits: folds * algorithms };
  const settings = mostSettings(pipeline);
  if (settings === 0) return [base];
  const tune: PlannedStep = { step: 'tune', jobs: tuneJobs(pipeline, folds, tuneBatch), fits: settings * folds };
  // On all rows the winner's fits are taken over from the search; after a sample they are made.
  if (pipeline.tuning?.sample === undefined) return [base, tune];
  return [
    base,
    { step: 'sample', jobs: { split: 1, ...preprocess }, fits: 0 },
    tune,
    { step: 'confirm', jobs: { train: jobsFor(pipeline, folds, first) }, fits: folds },
  ];
}

function tuneJobs(pipeline: Pipeline, folds: number, size: number): PlannedStep['jobs'] {
  const { tuning, algorithms } = pipeline;
  if (tuning === undefined) return {};
  const settings = mostSettings(pipeline);
  // SageMaker's tuning job has a training job for each setting, with all its folds.
  if (tuning.scope === 'managed') return { tuning: triedSettings(tuning, algorithms).length, train: settings };
  const searches = tuning.scope === 'per-fold' ? folds : 1;
  const scored = (count: number): number =>
    tuning.scope === 'per-fold' ? folds * jobsFor(pipeline, count, size) : sharedJobs(pipeline, count, folds, size);
  if (tuning.settings !== undefined || suggesterOf(tuning) === undefined) return { train: scored(settings) };
  const tuned = triedSettings(tuning, algorithms).length;
  const waves = wavesOf(tuning);
  return { suggest: searches * waves.length, train: sum(waves.map((each) => scored(each * tuned))) };
}

function sharedJobs(pipeline: Pipeline, settings: number, folds: number, size: number): number {
  if (raceRuleOf(pipeline) === 'off' || POLICIES[pipeline.method].races === 'within a job')
    return jobsFor(pipeline, settings * folds, size);
  const rounds = Math.max(0, folds - FIRST_ROUND);
  const first = jobsFor(pipeline, settings * Math.min(FIRST_ROUND, folds), size);
  return first + rounds * jobsFor(pipeline, settings, size);
}

/** Jobs that carry some fits; scikit-learn's own search takes them all in one, as far as one can be told of them. */
function jobsFor(pipeline: Pipeline, fits: number, size: number): number {
  if (POLICIES[pipeline.method].races === 'between jobs') return Math.ceil(fits / size);
  return raceRuleOf(pipeline) === 'off' ? Math.ceil(fits * fitLoad(pipeline)) : Math.min(1, fits);
}

/** How much of a job one fit of the tuning takes at most, where all folds of its setting are in the same job. */
function fitLoad(pipeline: Pipeline): number {
  const { tuning, algorithms, split } = pipeline;
  if (tuning === undefined) return Number.EPSILON;
  const folds = tuning.scope === 'per-fold' ? 1 : foldsBefore(split);
  const { request, answer } = settingLoad(longestSetting(tuning, algorithms), folds, toldOf(pipeline));
  return Math.max(request, answer) / folds;
}

/** The search over again within each fold, on a split of its own, and one fit of what it found. */
function nestedStep(search: readonly PlannedStep[], folds: number): PlannedStep {
  const within = (type: JobType): number => search.reduce((sum, { jobs }) => sum + (jobs[type] ?? 0), 0);
  return {
    step: 'nested',
    jobs: {
      split: folds * (1 + within('split')),
      preprocess: folds * within('preprocess'),
      train: folds * (1 + within('train')),
      ...(within('suggest') > 0 && { suggest: folds * within('suggest') }),
      ...(within('tuning') > 0 && { tuning: folds * within('tuning') }),
    },
    fits: folds * (1 + search.reduce((sum, { fits }) => sum + fits, 0)),
  };
}
