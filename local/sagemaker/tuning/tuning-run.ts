import { randomBytes } from 'node:crypto';
import { isOver } from '../jobs/kind.ts';
import type { JsonObject } from '../json.ts';
import type { Resource } from '../store.ts';
import { jsonOf, trainingOf } from './definition.ts';
import { ObjectiveLog } from './objective-log.ts';
import { planOf, type Plan, type Search } from './plan.ts';
import { criterionMet, parentJobs, tunedJobs, type TunedJob } from './results.ts';
import { Sampler, hyperparameters, type Proposal } from './sampler.ts';
import type { TunerParts } from './tuner.ts';

const KIND = 'hyper-parameter-tuning-job';

/** A search with its sampler. */
interface Side {
  readonly search: Search;
  readonly sampler: Sampler;
  /** Whether a grid has nothing left to propose. */
  exhausted: boolean;
}

/** One tuning job under way: what it knows beyond the store is there again after a restart. */
export class TuningRun {
  readonly #parts: TunerParts;
  readonly #name: string;
  readonly #plan: Plan;
  readonly #sides: readonly Side[];
  readonly #told = new Set<string>();
  readonly #logs = new Map<string, ObjectiveLog>();

  private constructor(parts: TunerParts, name: string, plan: Plan, sides: readonly Side[]) {
    this.#parts = parts;
    this.#name = name;
    this.#plan = plan;
    this.#sides = sides;
  }

  /** @throws ServiceError ValidationException for a search that cannot be made */
  static async open(parts: TunerParts, tuning: Resource): Promise<TuningRun> {
    const plan = planOf(tuning.request);
    const sides: Side[] = [];
    for (const search of plan.searches) {
      const sampler = await Sampler.open(parts.python, parts.inherited, {
        ...{ name: tuning.name, strategy: plan.strategy, seed: Number(tuning.state['Seed']), pruning: plan.pruning },
        ...{ goal: search.goal, ranges: search.ranges },
      });
      sides.push({ search, sampler, exhausted: false });
    }
    const run = new TuningRun(parts, tuning.name, plan, sides);
    await run.#recall(tuning);
    return run;
  }

  /** One look at the training jobs, and what follows from it; true once the tuning job is over. */
  async step(): Promise<boolean> {
    const jobs = this.#jobs();
    for (const each of jobs) await this.#hear(each);
    const tuning = this.#tuning();
    const stopping = tuning.status === 'Stopping' || this.#complete(tuning, jobs);
    const running = jobs.filter(({ job }) => !isOver(job.status)).length;
    const open = Math.min(this.#plan.parallel - running, this.#plan.jobs - jobs.length);
    for (let free = open; free > 0 && !stopping; free -= 1) if (!(await this.#propose())) break;
    const exhausted = this.#sides.every((side) => side.exhausted);
    if (running > 0 || !(stopping || exhausted || jobs.length >= this.#plan.jobs)) return false;
    const status = this.#tuning().status === 'Stopping' ? 'Stopped' : 'Completed';
    this.#parts.store.change(KIND, this.#name, { status, state: { HyperParameterTuningEndTime: Date.now() / 1000 } });
    return true;
  }

  close(): void {
    for (const { sampler } of this.#sides) sampler.close();
  }

  /** Tells the samplers what parents found, and what was made before a restart. */
  async #recall(tuning: Resource): Promise<void> {
    for (const { job, search, value } of parentJobs(this.#parts.store, this.#plan)) {
      const side = this.#sides.find((each) => each.search.name === search.name);
      if (side !== undefined && value !== undefined)
        await side.sampler.learn(hyperparameters.parse(job.state['TunedHyperParameters']), value);
    }
    for (const { job, search, trial } of tunedJobs(this.#parts.store, tuning, this.#plan)) {
      const made = hyperparameters.parse(job.state['TunedHyperParameters']);
      const again = await this.#side(search).sampler.retake(made);
      if (again !== trial) throw new Error(`the training job ${job.name} was trial ${trial}, and is now ${again}`);
    }
  }

  /** Passes on how a training job does; stops it where the strategy says so. */
  async #hear(each: TunedJob): Promise<void> {
    const { job, search, trial, value } = each;
    if (this.#told.has(job.name)) return;
    const { sampler } = this.#side(search);
    const over = isOver(job.status);
    const stop = this.#plan.pruning !== null && (await this.#shouldStop(each, sampler));
    if (over) {
      this.#told.add(job.name);
      this.#logs.delete(job.name);
      await sampler.tell(trial, value ?? null, job.state['StoppedEarly'] === true);
    } else if (stop && job.status !== 'Stopping') {
      this.#parts.store.change('training-job', job.name, { state: { StoppedEarly: true } });
      this.#parts.trainings.stop(job.name);
    }
  }

  async #shouldStop({ job, search, trial }: TunedJob, sampler: Sampler): Promise<boolean> {
    const log = this.#logs.get(job.name) ?? new ObjectiveLog(this.#parts.logOf(job.name), job, search.metric);
    this.#logs.set(job.name, log);
    return (await log.read()) && (await sampler.shouldStop(trial, log.values));
  }

  /** Whether one of the completion criteria is met; the training jobs that still run are stopped then. */
  #complete(tuning: Resource, jobs: readonly TunedJob[]): boolean {
    if (tuning.state['CompletedBy'] !== undefined) return true;
    const met = criterionMet(this.#plan, jobs, Date.now() - tuning.created);
    if (met === undefined) return false;
    this.#parts.store.change(KIND, this.#name, { state: { CompletedBy: met } });
    for (const { job } of jobs) this.#parts.trainings.stop(job.name);
    return true;
  }

  /** Starts one more training job; false where nothing is left to propose, or a stop came meanwhile. */
  async #propose(): Promise<boolean> {
    const jobs = this.#jobs();
    const made = ({ search }: Side): number => jobs.filter((each) => each.search === search).length;
    const [side] = this.#sides.filter(({ exhausted }) => !exhausted).sort((a, b) => made(a) - made(b));
    if (side === undefined) return false;
    const proposal = await side.sampler.ask();
    // A stop that came meanwhile has seen the training jobs that there were.
    if (this.#tuning().status === 'Stopping') return false;
    if (proposal === undefined) side.exhausted = true;
    else this.#train(side.search, proposal, jobs.length + 1);
    return true;
  }

  #train(search: Search, proposal: Proposal, number: number): void {
    const { store, trainings } = this.#parts;
    const tuning = this.#tuning();
    const training = `${this.#name}-${String(number).padStart(3, '0')}-${randomBytes(4).toString('hex')}`;
    const all = { ...search.statics, ...proposal.hyperparameters, _tuning_objective_metric: search.metric };
    const state: JsonObject = {
      TuningJobArn: tuning.arn,
      TuningTrial: proposal.trial,
      TunedHyperParameters: { ...proposal.hyperparameters },
      ...(search.name !== undefined && { TuningDefinition: search.name }),
    };
    const Tags = store.tags(tuning.arn).map(({ Key, Value }) => ({ Key, Value }));
    trainings.create({ ...trainingOf(jsonOf(search.definition), training, all), Tags }, state);
  }

  #jobs(): TunedJob[] {
    return tunedJobs(this.#parts.store, this.#tuning(), this.#plan);
  }

  #side(search: Search): Side {
    const side = this.#sides.find((each) => each.search.name === search.name);
    if (side === undefined) throw new Error(`the tuning job ${this.#name} has no definition ${String(search.name)}`);
    return side;
  }

  #tuning(): Resource {
    const found = this.#parts.store.get(KIND, this.#name);
    if (found === undefined) throw new Error(`tuning job ${this.#name} is gone`);
    return found;
  }
}
