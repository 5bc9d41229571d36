import { executeChild, workflowInfo } from '@temporalio/workflow';
import type { JobOutcome } from '../activities/jobs/job-activities.ts';
import { batchReason, jobTimes, type BatchRule } from '../core/batch-size.ts';
import { modelArtifact } from '../core/jobs.ts';
import { resultFile, runRoot, smokeFile } from '../core/layout.ts';
import { POLICIES } from '../core/methods.ts';
import { runToken } from '../core/names.ts';
import { baseSettings, firstBatches, raceRuleOf } from '../core/pipeline.ts';
import type { FitResult, Goal, SplitResult } from '../core/results.ts';
import type { Deployment, RunInput, RunResult } from '../core/run.ts';
import { bestOf, relativeTime, trialsOf, type Trial } from '../core/scores.ts';
import { complexityOf } from '../core/complexity.ts';
import { selectTrial } from '../core/selection.ts';
import { WINNER, type Setting } from '../core/setting.ts';
import { evaluateSpec, finalSpec, foldsFile, splitSpec, type RunContext } from '../core/steps.ts';
import { childOptions } from './child.ts';
import { deployWorkflow } from './deploy.ts';
import { failingWhole } from './failure.ts';
import { runFits } from './fits.ts';
import { foldWorkflow } from './fold.ts';
import { jobRunner, shortActivities, type JobRunner } from './job.ts';
import { RunTracker } from './run-tracker.ts';
import { tuneWorkflow } from './tune.ts';
import { inWindow, WINDOW } from './window.ts';

/** One run of a pipeline, from a table to a live endpoint. */
export async function pipelineWorkflow(input: RunInput): Promise<RunResult> {
  const context: RunContext = { input, token: runToken(workflowInfo().originalExecutionRunId) };
  const run = new Run(context);
  return await failingWhole(() => run.whole());
}

/** The steps of a run, each a method, over what they share. */
class Run {
  readonly #context: RunContext;
  readonly #tracker: RunTracker;
  readonly #jobs: JobRunner;

  constructor(context: RunContext) {
    this.#context = context;
    this.#tracker = new RunTracker(context);
    this.#jobs = jobRunner(context.input.patience, (job) => this.#tracker.ended(job));
  }

  async whole(): Promise<RunResult> {
    const tracker = this.#tracker;
    const { result: split } = await tracker.stage('split', () =>
      this.#jobs.run((attempt) => splitSpec(this.#context, attempt), 0),
    );
    tracker.split(split.folds.length);
    const goal = goalOf(this.#context, split);

    const fits = await tracker.stage('folds', () => this.#crossValidate(split));
    const base = this.#trialsOf(fits, split);
    const before = bestOf(base, goal);
    tracker.scored(base, before);

    const batches = this.#batches(before.setting.algorithm, fits);
    const tuned = await tracker.stage('tune', () => this.#tune(split, before.setting, goal, batches));
    const best = this.#select([...base, ...tuned], goal);
    tracker.scored(tuned, best);

    const winner = await tracker.stage('confirm', () => this.#confirm(split, best));
    const model = await tracker.stage('final', () => this.#fitFinal(winner.setting));
    const evaluation = await tracker.stage('holdout', () =>
      this.#jobs.run((attempt) => evaluateSpec(this.#context, winner.setting, model, attempt), 0),
    );
    const modelPackage = await tracker.stage('register', () => this.#register(model, winner, evaluation));
    const deployment = await tracker.stage('deploy', () => this.#deploy(modelPackage, split, evaluation));
    return await tracker.stage('report', () =>
      this.#report({ split, goal, base, before, tuned, batches, winner, model, evaluation, modelPackage, deployment }),
    );
  }

  #trialsOf(fits: readonly FitResult[], { folds }: SplitResult): Trial[] {
    const { pipeline } = this.#context.input;
    return trialsOf(baseSettings(pipeline), fits, folds.length, pipeline.objective);
  }

  /** The base setting of each algorithm on every fold. */
  async #crossValidate(split: SplitResult): Promise<FitResult[]> {
    const { pipeline } = this.#context.input;
    const settings = baseSettings(pipeline);
    return POLICIES[pipeline.method].preprocesses
      ? await this.#foldByFold(split, settings)
      : await this.#foldsTogether(split, settings);
  }

  /** Each fold in a child of its own, which preprocesses it first. */
  async #foldByFold({ folds }: SplitResult, settings: readonly Setting[]): Promise<FitResult[]> {
    const context = this.#context;
    const fits = await inWindow(folds, WINDOW, async (fold) => {
      this.#tracker.fold(fold.fold, 'running');
      const options = childOptions(`fold-${fold.fold}`, `Fold ${fold.fold}: ${fold.train_rows} training rows`);
      const done = await executeChild(foldWorkflow, { ...options, args: [{ context, fold, settings }] });
      this.#tracker.fold(fold.fold, 'done');
      return done;
    });
    return fits.flat();
  }

  /** All folds at once, in jobs that preprocess by themselves. */
  async #foldsTogether({ folds }: SplitResult, settings: readonly Setting[]): Promise<FitResult[]> {
    const context = this.#context;
    for (const { fold } of folds) this.#tracker.fold(fold, 'running');
    const fits = await runFits(context, this.#jobs, 'base', folds, settings, firstBatches(context.input.pipeline));
    for (const { fold } of folds) this.#tracker.fold(fold, 'done');
    return fits;
  }

  /** How the fits of an algorithm are grouped into jobs, for what the jobs of the base settings have taken. */
  #batches(algorithm: string, fits: readonly FitResult[]): BatchRule {
    const { pipeline, slots } = this.#context.input;
    if (pipeline.batch !== 'auto') return { fixed: pipeline.batch };
    const times = jobTimes(this.#tracker.jobs, relativeTime(algorithm, fits));
    return times === undefined ? firstBatches(pipeline) : { times, slots, share: pipeline.overhead };
  }

  async #tune({ folds }: SplitResult, base: Setting, goal: Goal, batches: BatchRule): Promise<Trial[]> {
    const context = this.#context;
    const { tuning, algorithms } = context.input.pipeline;
    const ranges = algorithms[base.algorithm]?.ranges ?? {};
    if (tuning === undefined || Object.keys(ranges).length === 0) return [];
    const options = childOptions('tune', `Tune ${base.algorithm}: ${tuning.trials} trials`);
    return await executeChild(tuneWorkflow, {
      ...options,
      args: [{ context, folds, base, ranges, trials: tuning.trials, seed: tuning.seed, goal, batches }],
    });
  }

  /** The setting that wins by the pipeline's rule, among those that were scored on all folds. */
  #select(trials: readonly Trial[], goal: Goal): Trial {
    const { select, algorithms } = this.#context.input.pipeline;
    return selectTrial(trials, goal, select, (name) => complexityOf(name, algorithms[name]?.simpler));
  }

  /** Repeats the cross validation with what tuning found; without tuning there is nothing new to confirm. */
  async #confirm({ folds }: SplitResult, best: Trial): Promise<Trial> {
    const { tuning, objective } = this.#context.input.pipeline;
    if (tuning === undefined) return best;
    const setting = { ...best.setting, id: WINNER };
    const fits = await runFits(
      this.#context,
      this.#jobs,
      'confirm',
      folds,
      [setting],
      firstBatches(this.#context.input.pipeline),
    );
    const [winner = best] = trialsOf([setting], fits, folds.length, objective);
    return winner;
  }

  async #fitFinal(setting: Setting): Promise<string> {
    const { job, output } = await this.#jobs.run((attempt) => finalSpec(this.#context, setting, attempt), 0);
    return modelArtifact({ name: job.name, output });
  }

  async #register(model: string, winner: Trial, { output, result }: JobOutcome<'evaluation'>): Promise<string> {
    const { input, token } = this.#context;
    const { pipeline, objective } = input.pipeline;
    return await shortActivities(input.patience).registerModel({
      group: pipeline,
      run: workflowInfo().workflowId,
      token,
      image: input.pipeline.jobs.image ?? input.image,
      model,
      evaluation: `${output}result.json`,
      properties: {
        algorithm: winner.setting.algorithm,
        [`cv_${objective}`]: String(winner.mean),
        [`holdout_${objective}`]: String(result.metrics[objective] ?? ''),
      },
    });
  }

  async #deploy(
    modelPackage: string,
    { classes }: SplitResult,
    { output }: JobOutcome<'evaluation'>,
  ): Promise<Deployment | undefined> {
    const context = this.#context;
    const { deploy } = context.input.pipeline;
    if (deploy === undefined) return undefined;
    const options = childOptions('deploy', `Deploy to endpoint ${deploy.endpoint}`);
    const found = { modelPackage, classes, smokeFile: smokeFile(output) };
    return await executeChild(deployWorkflow, { ...options, args: [{ context, ...deploy, ...found }] });
  }

  async #report(found: Found): Promise<RunResult> {
    const { input } = this.#context;
    const { pipeline, objective } = input.pipeline;
    const { split, goal, base, before, tuned, batches, winner, model, evaluation, modelPackage, deployment } = found;
    const { rows, metrics } = evaluation.result;
    const at = [input.prefix, pipeline, input.run] as const;
    const result: RunResult = {
      pipeline,
      run: input.run,
      objective: { metric: objective, goal },
      rows: { all: split.rows, holdout: split.holdout_rows },
      folds: split.folds.map(({ train_rows, test_rows }) => ({ train_rows, test_rows })),
      classes: split.classes,
      base,
      before,
      tuned,
      race: raceOf(tuned, split.folds.length, raceRuleOf(input.pipeline)),
      batch: batchReason(batches, tuned.length * split.folds.length),
      confidence: input.pipeline.confidence,
      winner,
      holdout: { rows, metrics },
      modelPackage,
      deployment,
      jobs: this.#tracker.jobs,
      files: { root: runRoot(...at), folds: foldsFile(this.#context), result: resultFile(...at), model },
    };
    await shortActivities(input.patience).writeResult(result);
    return result;
  }
}

/** What the steps found, for the report. */
interface Found {
  readonly split: SplitResult;
  readonly goal: Goal;
  readonly base: readonly Trial[];
  readonly before: Trial;
  readonly tuned: readonly Trial[];
  readonly batches: BatchRule;
  readonly winner: Trial;
  readonly model: string;
  readonly evaluation: JobOutcome<'evaluation'>;
  readonly modelPackage: string;
  readonly deployment: Deployment | undefined;
}

/** What the race saved. */
function raceOf(tuned: readonly Trial[], folds: number, rule: string): RunResult['race'] {
  const all = tuned.length * folds;
  return { rule, all, saved: all - tuned.reduce((sum, { scores }) => sum + scores.length, 0) };
}

function goalOf({ input }: RunContext, { goals }: SplitResult): Goal {
  return goals[input.pipeline.objective] ?? 'maximize';
}
