import { setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { withFits, type FoldScores } from '../core/fold-scores.ts';
import { jobsCost } from '../core/money.ts';
import type { FitResult } from '../core/results.ts';
import { plannedJobs } from '../core/planned-jobs.ts';
import type { BegunStage, JobRecord, Progress, RunState, Stage } from '../core/run.ts';
import { detailsOf } from '../core/run-details.ts';
import type { Trial } from '../core/scores.ts';
import { foldsBefore } from '../core/split.ts';
import type { RunContext } from '../core/steps.ts';
import { RunControl } from './control.ts';
import { tell } from './notify.ts';
import { attributes, jobEnded, PAUSED, stateQuery } from './messages.ts';

/** The state of a run, kept current for its query, for the Web UI and for searches. */
export class RunTracker {
  readonly jobs: JobRecord[] = [];
  readonly control: RunControl;
  readonly #context: RunContext;
  #folds: Progress[];
  readonly #begun: BegunStage[] = [];
  #scores: FoldScores = {};
  #trials: readonly Trial[] = [];
  #best: Trial | undefined;
  #overBudget = false;

  constructor(context: RunContext) {
    const { pipeline } = context.input;
    this.#context = context;
    this.#folds = Array.from({ length: foldsBefore(pipeline.split) }, () => 'waiting');
    this.control = new RunControl(context, () => this.#controlled());
    setHandler(stateQuery, () => this.state(), { description: 'The whole state of the run.' });
    setHandler(jobEnded, (job) => this.ended(job), { description: 'A job of a child has ended.' });
    upsertSearchAttributes([{ key: attributes.pipeline, value: pipeline.pipeline }]);
  }

  state(): RunState {
    return {
      stage: this.#stage,
      begun: this.#begun,
      folds: this.#folds,
      jobs: this.jobs,
      plannedJobs: Math.max(plannedJobs(this.#context.input.pipeline, { folds: this.#folds.length }), this.jobs.length),
      scores: this.#scores,
      trials: this.#trials,
      best: this.#best,
      waiting: this.control.waiting,
      paused: this.control.paused,
    };
  }

  get #stage(): Stage {
    return this.#begun.at(-1)?.stage ?? 'split';
  }

  /** Runs one stage, shown as the current one while it lasts; a paused run does not begin it. */
  async stage<T>(stage: Stage, body: () => Promise<T>): Promise<T> {
    await this.control.resumed();
    this.#begun.push({ stage, began: Date.now() });
    upsertSearchAttributes([{ key: attributes.stage, value: stage }]);
    this.#noteCost();
    this.#show();
    return await body();
  }

  /** Notes how many folds the split made: it may be the number of groups in the data. */
  split(folds: number): void {
    this.#folds = Array.from({ length: folds }, () => 'waiting');
  }

  fold(fold: number, progress: Progress): void {
    this.#folds[fold] = progress;
    this.#show();
  }

  fitted(fits: readonly FitResult[]): void {
    const { objective } = this.#context.input.pipeline;
    this.#scores = withFits(this.#scores, fits, objective, this.#folds.length);
    this.#show();
  }

  /** Notes what the run has cost in the end. */
  closed(): void {
    this.#noteCost();
  }

  ended(job: JobRecord): void {
    // Several steps may take over fits of one job.
    if (job.reused && this.jobs.some(({ name }) => name === job.name)) return;
    this.jobs.push(job);
    this.#watchBudget();
    this.#show();
  }

  /** Notes scored trials and the best of all by now. */
  scored(trials: readonly Trial[], best: Trial): void {
    this.#trials = [...this.#trials, ...trials];
    this.#best = best;
    upsertSearchAttributes([
      { key: attributes.algorithm, value: best.setting.algorithm },
      { key: attributes.score, value: best.mean },
    ]);
    this.#show();
  }

  /** Has people told once, by the job that went beyond it. */
  #watchBudget(): void {
    const { pipeline, budget } = this.#context.input.pipeline;
    const cost = jobsCost(this.jobs, this.#context.input) ?? 0;
    if (budget === undefined || this.#overBudget || cost <= budget.usd) return;
    this.#overBudget = true;
    const run = workflowInfo().workflowId;
    const ways = `'crossfold cancel ${run}' stops it, 'crossfold pause ${run}' lets it start no more jobs.`;
    const text = `It has cost USD ${cost.toFixed(4)} by now, and goes on. ${ways}`;
    void tell('budget', pipeline, `${run} has cost more than USD ${budget.usd}`, text);
  }

  #noteCost(): void {
    const cost = jobsCost(this.jobs, this.#context.input);
    if (cost !== undefined) upsertSearchAttributes([{ key: attributes.cost, value: cost }]);
  }

  /** A paused run is found by a stage of its own. */
  #controlled(): void {
    const value = this.control.paused === undefined ? this.#stage : PAUSED;
    upsertSearchAttributes([{ key: attributes.stage, value }]);
    this.#show();
  }

  #show(): void {
    setCurrentDetails(detailsOf(this.state(), this.#context.input));
  }
}
