import { executeChild } from '@temporalio/workflow';
import { jobTimes, type BatchRule } from '../core/batch-size.ts';
import { complexityOf } from '../core/complexity.ts';
import { POLICIES } from '../core/methods.ts';
import { baseSettings, batchRule, firstBatches } from '../core/pipeline.ts';
import type { FitResult, Goal, SplitResult } from '../core/results.ts';
import type { JobRecord, Progress, Stage } from '../core/run.ts';
import { bestOf, ranked, relativeTime, trialsOf, type Trial } from '../core/scores.ts';
import { algorithmsToTune } from '../core/search.ts';
import { selectTrial } from '../core/selection.ts';
import { WINNER, type Setting } from '../core/setting.ts';
import { contextOf, splitSpec, type RunContext } from '../core/steps.ts';
import { childOptions } from './child.ts';
import { runFits } from './fits.ts';
import { foldWorkflow } from './fold.ts';
import type { JobRunner } from './job.ts';
import { tuneWorkflow, type Tuned } from './tune.ts';
import { inWindow, WINDOW } from './window.ts';

/** Who is told how a search goes on. */
export interface SearchProgress {
  readonly jobs: readonly JobRecord[];
  stage<T>(stage: Stage, body: () => Promise<T>): Promise<T>;
  fold(fold: number, progress: Progress): void;
  fitted(fits: readonly FitResult[]): void;
  scored(trials: readonly Trial[], best: Trial): void;
}

/** What a search found, from the base settings to the setting that wins. */
export interface Searched extends Tuned {
  /** Each algorithm's base setting over all folds. */
  readonly base: readonly Trial[];
  /** The best of `base`. */
  readonly before: Trial;
  readonly winner: Trial;
  readonly batches: BatchRule;
}

/** The search for the best setting on the rows of one split: cross validation of the base settings, tuning, choice. */
export class Search {
  readonly #context: RunContext;
  readonly #jobs: JobRunner;
  readonly #progress: SearchProgress;

  constructor(context: RunContext, jobs: JobRunner, progress: SearchProgress) {
    this.#context = context;
    this.#jobs = jobs;
    this.#progress = progress;
  }

  async whole(split: SplitResult, goal: Goal): Promise<Searched> {
    const { pipeline } = this.#context.input;
    const fits = await this.#progress.stage('folds', () => this.#crossValidate(split));
    const base = trialsOf(baseSettings(pipeline), fits, split.folds.length, pipeline.objective);
    const before = bestOf(base, goal);
    this.#progress.scored(base, before);

    const bases = algorithmsToTune(
      ranked(base, goal).map(({ setting }) => setting),
      pipeline.tuning?.tune ?? 'best',
      pipeline,
    );
    const batches = this.#batches(bases, fits);
    const tuned = await this.#progress.stage('tune', () => this.#tune(split, bases, goal, batches));
    const winner = await this.#progress.stage('confirm', () => this.#confirm(split, base, tuned.trials, goal));
    this.#progress.scored(tuned.trials, winner);
    return { base, before, ...tuned, winner, batches };
  }

  /** The base setting of each algorithm on every fold. */
  async #crossValidate(split: SplitResult): Promise<FitResult[]> {
    const { pipeline } = this.#context.input;
    const settings = baseSettings(pipeline);
    return POLICIES[pipeline.method].preprocesses
      ? await this.#foldByFold(this.#context, split, settings)
      : await this.#foldsTogether(split, settings);
  }

  /** Each fold in a child of its own, which preprocesses it first. */
  async #foldByFold(context: RunContext, split: SplitResult, settings: readonly Setting[]): Promise<FitResult[]> {
    const fits = await inWindow(split.folds, WINDOW, async (fold) => {
      this.#progress.fold(fold.fold, 'running');
      const options = childOptions(
        scoped(context, `fold-${fold.fold}`),
        `Fold ${fold.fold}: ${fold.train_rows} training rows`,
      );
      const done = await executeChild(foldWorkflow, { ...options, args: [{ context, fold, settings }] });
      this.#progress.fitted(done);
      this.#progress.fold(fold.fold, 'done');
      return done;
    });
    return fits.flat();
  }

  /** All folds at once, in jobs that preprocess by themselves. */
  async #foldsTogether({ folds }: SplitResult, settings: readonly Setting[]): Promise<FitResult[]> {
    for (const { fold } of folds) this.#progress.fold(fold, 'running');
    const rule = firstBatches(this.#context.input.pipeline);
    const fits = await runFits(this.#context, this.#jobs, 'base', folds, settings, rule);
    this.#progress.fitted(fits);
    for (const { fold } of folds) this.#progress.fold(fold, 'done');
    return fits;
  }

  /** How the fits of some algorithms are grouped into jobs, for what the jobs of the base settings have taken. */
  #batches(bases: readonly Setting[], fits: readonly FitResult[]): BatchRule {
    const { pipeline, slots } = this.#context.input;
    if (pipeline.batch !== 'auto') return { fixed: pipeline.batch };
    const algorithms = bases.map(({ algorithm }) => algorithm);
    const jobs = this.#progress.jobs.map((job) => job.measured ?? job);
    const times = jobTimes(jobs, relativeTime(algorithms, fits));
    return times === undefined ? firstBatches(pipeline) : batchRule(pipeline, times, slots);
  }

  async #tune(split: SplitResult, bases: readonly Setting[], goal: Goal, batches: BatchRule): Promise<Tuned> {
    const { tuning } = this.#context.input.pipeline;
    if (tuning === undefined || (bases.length === 0 && tuning.settings === undefined))
      return { trials: [], perFold: undefined, managed: undefined };
    const [context, { folds }] =
      tuning.sample === undefined ? [this.#context, split] : await this.#sample(tuning.sample);
    const what = tuning.settings === undefined ? bases.map(({ algorithm }) => algorithm).join(', ') : 'given settings';
    const options = childOptions(scoped(this.#context, 'tune'), `Tune ${what}`);
    return await executeChild(tuneWorkflow, {
      ...options,
      args: [{ context, folds, bases, tuning, goal, batches }],
    });
  }

  /** Splits and preprocesses a share of the training rows, to tune on. */
  async #sample(share: number): Promise<[RunContext, SplitResult]> {
    const context = contextOf(this.#context, scoped(this.#context, 'sample'), { sample: share });
    const { result } = await this.#jobs.run((attempt) => splitSpec(context, attempt), 0);
    if (POLICIES[context.input.pipeline.method].preprocesses) await this.#foldByFold(context, result, []);
    return [context, result];
  }

  /**
   * Cross-validates what tuning found on all rows, and chooses between it and the base settings by the pipeline's rule.
   * Scores on a sample say which of its settings is best, and nothing beside scores on all rows.
   */
  async #confirm(split: SplitResult, base: readonly Trial[], tuned: readonly Trial[], goal: Goal): Promise<Trial> {
    const { tuning, objective } = this.#context.input.pipeline;
    if (tuning === undefined) return this.#select(base, goal);
    const sampled = tuning.sample !== undefined && tuned.length > 0;
    const { setting } = sampled ? this.#select(tuned, goal) : this.#select([...base, ...tuned], goal);
    const winner = { ...setting, id: WINNER };
    const rule = firstBatches(this.#context.input.pipeline);
    const fits = await runFits(this.#context, this.#jobs, 'confirm', split.folds, [winner], rule);
    const confirmed = trialsOf([winner], fits, split.folds.length, objective);
    return sampled ? this.#select([...base, ...confirmed], goal) : bestOf(confirmed, goal);
  }

  /** The setting that wins by the pipeline's rule, among those that were scored on all folds. */
  #select(trials: readonly Trial[], goal: Goal): Trial {
    const { select, algorithms } = this.#context.input.pipeline;
    return selectTrial(trials, goal, select, (name) => complexityOf(name, algorithms[name]?.simpler));
  }
}

/** A name within a search: a search within the run has its scope before it. */
function scoped({ scope }: RunContext, name: string): string {
  return scope === undefined ? name : `${scope}-${name}`;
}
