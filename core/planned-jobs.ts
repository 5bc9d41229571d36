import { POLICIES } from './methods.ts';
import { firstBatches, raceRuleOf, type Pipeline } from './pipeline.ts';
import { FIRST_ROUND } from './racing.ts';
import { gridSize } from './ranges.ts';
import { foldsBefore } from './split.ts';

/** What a job of a run does, as far as its time goes. */
export const JOB_TYPES = ['split', 'preprocess', 'train', 'final', 'holdout'] as const;
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

/** The most settings that tuning tries, for the algorithms that it can come to. */
export function mostSettings({ tuning, algorithms }: Pick<Pipeline, 'tuning' | 'algorithms'>): number {
  if (tuning === undefined) return 0;
  if (tuning.settings !== undefined) return tuning.settings.length;
  const sizes = Object.values(algorithms)
    .filter(({ ranges }) => Object.keys(ranges).length > 0)
    .map(({ ranges }) => (tuning.sampler === 'grid' ? gridSize(ranges) : tuning.trials))
    .sort((a, b) => b - a);
  const tuned = tuning.tune === 'all' ? sizes.length : tuning.tune === 'best' ? 1 : Number(tuning.tune.slice(4));
  return sizes.slice(0, tuned).reduce((sum, size) => sum + size, 0);
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
  const tune: PlannedStep = {
    step: 'tune',
    jobs: { train: tuneJobs(pipeline, settings, folds, tuneBatch) },
    fits: settings * folds,
  };
  // On all rows the winner's fits are taken over from the search; after a sample they are made.
  if (pipeline.tuning?.sample === undefined) return [base, tune];
  return [
    base,
    { step: 'sample', jobs: { split: 1, ...preprocess }, fits: 0 },
    tune,
    { step: 'confirm', jobs: { train: jobsFor(pipeline, folds, first) }, fits: folds },
  ];
}

function tuneJobs(pipeline: Pipeline, settings: number, folds: number, size: number): number {
  if (pipeline.tuning?.scope === 'per-fold') return folds * jobsFor(pipeline, settings, size);
  if (raceRuleOf(pipeline) === 'off') return jobsFor(pipeline, settings * folds, size);
  const rounds = Math.max(0, folds - FIRST_ROUND);
  const first = jobsFor(pipeline, settings * Math.min(FIRST_ROUND, folds), size);
  return first + rounds * jobsFor(pipeline, settings, size);
}

/** Jobs that carry some fits; scikit-learn's own search takes them all in one. */
function jobsFor({ method }: Pipeline, fits: number, size: number): number {
  return POLICIES[method].races ? Math.ceil(fits / size) : Math.min(1, fits);
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
    },
    fits: folds * (1 + search.reduce((sum, { fits }) => sum + fits, 0)),
  };
}
