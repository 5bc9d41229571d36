import { allHandlersFinished, condition, executeChild, workflowInfo } from '@temporalio/workflow';
import type { JobOutcome } from '../activities/jobs/job-activities.ts';
import type { Decision } from '../core/approval.ts';
import type { Challenge } from '../core/challenge.ts';
import type { Champion } from '../core/champion.ts';
import { batchesInWords } from '../core/batch-words.ts';
import { modelArtifact } from '../core/jobs.ts';
import { capturedPrefix, reportFile, resultFile, runRoot, smokeFile } from '../core/layout.ts';
import { runToken } from '../core/names.ts';
import type { Nested } from '../core/nested.ts';
import { raceRuleOf } from '../core/pipeline.ts';
import type { Goal, SplitResult } from '../core/results.ts';
import type { Deployment, RunInput, RunResult } from '../core/run.ts';
import { goalOf, type Trial } from '../core/scores.ts';
import type { Setting } from '../core/setting.ts';
import { evaluateSpec, finalSpec, foldsFile, homeOf, splitOf, splitSpec, type RunContext } from '../core/steps.ts';
import { childOptions } from './child.ts';
import { deployWorkflow } from './deploy.ts';
import { failingWhole } from './failure.ts';
import { isGated, passGate, type Candidate } from './gate.ts';
import { jobRunner, shortActivities, type JobRunner } from './job.ts';
import { nestedWorkflow } from './nested.ts';
import { tellingEnd } from './notify.ts';
import { RunTracker } from './run-tracker.ts';
import { Search, type Searched } from './search.ts';

/** One run of a pipeline, from a table to a live endpoint. */
export async function pipelineWorkflow(input: RunInput): Promise<RunResult> {
  const context: RunContext = { input, token: runToken(workflowInfo().originalExecutionRunId) };
  const run = new Run(context);
  const result = await tellingEnd(input.pipeline.pipeline, () => failingWhole(() => run.whole()));
  await condition(allHandlersFinished);
  return result;
}

/** The steps of a run, each a method, over what they share. */
class Run {
  readonly #context: RunContext;
  readonly #tracker: RunTracker;
  readonly #jobs: JobRunner;

  constructor(context: RunContext) {
    this.#context = context;
    this.#tracker = new RunTracker(context);
    this.#jobs = jobRunner(context.input, (job) => this.#tracker.ended(job));
  }

  /** All stages; whatever becomes of them, the run can be searched by what it cost. */
  async whole(): Promise<RunResult> {
    try {
      return await this.#stages();
    } finally {
      this.#tracker.closed();
    }
  }

  async #stages(): Promise<RunResult> {
    const tracker = this.#tracker;
    const { result: split } = await tracker.stage('split', () =>
      this.#jobs.run((attempt) => splitSpec(this.#context, attempt), 0),
    );
    tracker.split(split.folds.length);
    const goal = goalOf(split, this.#context.input.pipeline.objective);

    const searched = await new Search(this.#context, this.#jobs, tracker).whole(split, goal);
    const { winner } = searched;
    const nested = await tracker.stage('nested', () => this.#nested(split, goal));
    const model = await tracker.stage('final', () => this.#fitFinal(winner.setting));
    const evaluation = await tracker.stage('holdout', () =>
      this.#jobs.run((attempt) => evaluateSpec(this.#context, winner.setting, model, attempt), 0),
    );
    const modelPackage = await tracker.stage('register', () => this.#register(model, winner, evaluation));
    const candidate = { modelPackage, setting: winner.setting, model, goal };
    const { passes, challenge, approval } = await passGate(this.#context, this.#jobs, tracker, candidate);
    const deployment = passes
      ? await tracker.stage('deploy', () => this.#deploy(candidate, split, evaluation))
      : undefined;
    return await tracker.stage('report', () =>
      this.#report({ split, goal, searched, nested, model, evaluation, modelPackage, challenge, approval, deployment }),
    );
  }

  /** What the search is to be expected to reach, where the pipeline asks for it. */
  async #nested({ folds }: SplitResult, goal: Goal): Promise<Nested | undefined> {
    const context = this.#context;
    if (context.input.pipeline.estimate === 'plain') return undefined;
    const options = childOptions('nested', `Repeat the search within each of ${folds.length} folds`);
    return await executeChild(nestedWorkflow, { ...options, args: [{ context, folds, goal }] });
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
      status: isGated(this.#context) ? 'PendingManualApproval' : 'Approved',
      properties: {
        algorithm: winner.setting.algorithm,
        [`cv_${objective}`]: String(winner.mean),
        [`holdout_${objective}`]: String(result.metrics[objective] ?? ''),
      },
    });
  }

  async #deploy(
    { modelPackage, setting, model }: Candidate,
    { classes }: SplitResult,
    { output }: JobOutcome<'evaluation'>,
  ): Promise<Deployment | undefined> {
    const context = this.#context;
    const { deploy } = context.input.pipeline;
    if (deploy === undefined) return undefined;
    const options = childOptions('deploy', `Deploy to endpoint ${deploy.endpoint}`);
    const found = { modelPackage, classes, smokeFile: smokeFile(output) };
    const deployment = await executeChild(deployWorkflow, { ...options, args: [{ context, ...deploy, ...found }] });
    await this.#crown({ modelPackage, setting, model, config: deployment.config });
    return deployment;
  }

  /** Leaves what serves now for those that will challenge it. */
  async #crown(served: Pick<Champion, 'modelPackage' | 'setting' | 'model' | 'config'>): Promise<void> {
    const { input } = this.#context;
    const { train, holdout } = splitOf(input);
    const captured =
      input.pipeline.deploy?.capture === undefined ? undefined : capturedPrefix(homeOf(input), served.config);
    const made = { run: workflowInfo().workflowId, version: input.data.version };
    const champion = { ...served, ...made, train, holdout, captured };
    await shortActivities(input.patience).writeChampion({ home: homeOf(input), champion });
  }

  async #report(found: Found): Promise<RunResult> {
    const { input } = this.#context;
    const { pipeline, objective } = input.pipeline;
    const { split, goal, searched, nested, model, evaluation, modelPackage, challenge, approval, deployment } = found;
    const { base, before, trials: tuned, perFold, managed, winner, batches } = searched;
    const { rows, metrics } = evaluation.result;
    const at = [input.prefix, pipeline, input.run] as const;
    const result: RunResult = {
      pipeline,
      run: input.run,
      objective: { metric: objective, goal },
      rows: { all: split.rows, holdout: split.holdout_rows },
      folds: split.folds.map(({ train_rows, test_rows, train_hash }) => ({ train_rows, test_rows, train_hash })),
      classes: split.classes,
      base,
      before,
      tuned,
      race: raceOf(tuned, split.folds.length, raceRuleOf(input.pipeline)),
      batch: batchesInWords(input.pipeline, batches, this.#tracker.jobs),
      confidence: input.pipeline.confidence,
      sample: input.pipeline.tuning?.sample ?? null,
      perFold,
      managed,
      nested,
      winner,
      holdout: { rows, metrics },
      modelPackage,
      challenge,
      approval,
      deployment,
      jobs: this.#tracker.jobs,
      files: {
        ...{ root: runRoot(...at), result: resultFile(...at), report: reportFile(...at) },
        ...{ folds: foldsFile(this.#context), model },
      },
    };
    const short = shortActivities(input.patience);
    await short.writeResult(result);
    await short.writeReport({ input, result, evaluation: evaluation.output });
    return result;
  }
}

/** What the steps found, for the report. */
interface Found {
  readonly split: SplitResult;
  readonly goal: Goal;
  readonly searched: Searched;
  readonly nested: Nested | undefined;
  readonly model: string;
  readonly evaluation: JobOutcome<'evaluation'>;
  readonly modelPackage: string;
  readonly challenge: Challenge | undefined;
  readonly approval: Decision | undefined;
  readonly deployment: Deployment | undefined;
}

/** What the race saved. */
function raceOf(tuned: readonly Trial[], folds: number, rule: string): RunResult['race'] {
  const all = tuned.length * folds;
  return { rule, all, saved: all - tuned.reduce((sum, { scores }) => sum + scores.length, 0) };
}
