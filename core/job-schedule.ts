import type { JobRecord } from './run.ts';
import { partOf, pathOf } from './step-order.ts';

/** A job as far as a schedule needs it. */
export interface ScheduledJob {
  readonly step: string;
  /** How long it holds its slot: start-up and work. */
  readonly seconds: number;
}

/** Jobs that are ready together, and may run side by side. */
export interface ScheduledStage {
  readonly name: string;
  readonly jobs: readonly ScheduledJob[];
  /** The stages that have to end first. */
  readonly after: readonly string[];
  /** The most of its jobs that run at once, however many slots there are. */
  readonly atOnce: number;
}

interface Placed {
  readonly job: JobRecord;
  readonly path: readonly string[];
}

const numeric = new Intl.Collator('en', { numeric: true });

/**
 * The jobs of a run as stages, each with those that it waits for. What of a run is side by side, its steps tell: folds, folds that tune on their
 * own, and outer folds are each a chain of stages; all else is one chain, in the order in which the run had it. Jobs that were taken over from an
 * earlier run are left out.
 *
 * @param seconds how long a job holds its slot
 * @param trainings how many training jobs a tuning job of SageMaker has at once
 */
export function stagesOf(
  jobs: readonly JobRecord[],
  seconds: (job: JobRecord) => number,
  trainings = Infinity,
): ScheduledStage[] {
  const searches = new Set(jobs.filter(({ kind }) => kind === 'tuning').map(({ step }) => pathOf(step).join('/')));
  // A tuning job has no machine of its own: its training jobs have.
  const placed = jobs
    .filter(({ reused, kind }) => !reused && kind !== 'tuning')
    .map((job) => ({ job, path: pathOf(job.step) }));

  const stages: ScheduledStage[] = [];

  /** Adds the stages of one part of the run, which begins after others; the answer is those that end it. */
  function chain(part: readonly Placed[], depth: number, before: readonly string[]): readonly string[] {
    return [...grouped(part, ({ path }) => partOf(path[depth])).values()].reduce((after, beside) => {
      const branches = [...grouped(beside, ({ path }) => path[depth])];
      return branches
        .sort(([a], [b]) => numeric.compare(a ?? '', b ?? ''))
        .flatMap(([name, branch]) => (name === undefined ? add(branch, after) : chain(branch, depth + 1, after)));
    }, before);
  }

  function add(stage: readonly Placed[], after: readonly string[]): string {
    const name = stage[0]?.path.join('/') ?? '';
    const own = stage.map(({ job }) => ({ step: job.step, seconds: seconds(job) }));
    stages.push({
      name,
      jobs: own.sort((a, b) => numeric.compare(a.step, b.step)),
      after,
      atOnce: searches.has(name.slice(0, name.lastIndexOf('/'))) ? trainings : Infinity,
    });
    return name;
  }

  chain(placed, 0, []);
  return stages;
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * How long stages take on some slots, seconds: list scheduling (Graham, Bounds on Multiprocessing Timing Anomalies, SIAM Journal on Applied
 * Mathematics 17, 1969). A free slot takes the job that has been ready longest, of equals the first in the list; as a worker does.
 *
 * @throws RangeError for less than one slot, or a stage that is after one which is not there
 */
export function makespan(stages: readonly ScheduledStage[], slots: number): number {
  if (!(slots >= 1)) throw new RangeError(`jobs need at least 1 slot, not ${slots}`);
  const jobs = stages.reduce((sum, stage) => sum + stage.jobs.length, 0);
  const free = Array.from({ length: Math.min(slots, jobs) }, () => 0);
  const ends = new Map<string, number>();
  const waiting = new Set(stages);
  while (waiting.size > 0) {
    const { stage, at } = longestReady(waiting, ends);
    waiting.delete(stage);
    ends.set(stage.name, endOf(stage, at, free));
  }
  return Math.max(0, ...ends.values());
}

function longestReady(
  waiting: ReadonlySet<ScheduledStage>,
  ends: ReadonlyMap<string, number>,
): { stage: ScheduledStage; at: number } {
  let first: { stage: ScheduledStage; at: number } | undefined;
  for (const stage of waiting) {
    const at = Math.max(0, ...stage.after.map((name) => ends.get(name) ?? Infinity));
    if (at < (first?.at ?? Infinity)) first = { stage, at };
  }
  if (first !== undefined) return first;
  throw new RangeError(`${[...waiting].map(({ name }) => name).join(', ')}: after stages that are not there`);
}

/** Gives the jobs of a stage their slots from `ready` on; `free` is when each slot is free. */
function endOf({ jobs, atOnce }: ScheduledStage, ready: number, free: number[]): number {
  const lanes = Array.from({ length: Math.min(atOnce, free.length) }, () => ready);
  for (const { seconds } of jobs) {
    const lane = lanes.indexOf(Math.min(...lanes));
    const at = lanes[lane] ?? ready;
    const slot = slotAt(free, at);
    const end = Math.max(at, free[slot] ?? 0) + seconds;
    free[slot] = end;
    lanes[lane] = end;
  }
  return Math.max(ready, ...lanes);
}

/** The slot that is free at a time and has been so the shortest, so that others stay for stages that are ready earlier; else the first to be free. */
function slotAt(free: readonly number[], at: number): number {
  const idle = free.filter((since) => since <= at);
  return free.indexOf(idle.length > 0 ? Math.max(...idle) : Math.min(...free));
}
