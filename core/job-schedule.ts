import type { JobRecord } from './run.ts';

/** A job as far as a schedule needs it. */
export interface ScheduledJob {
  readonly step: string;
  /** How long it holds its slot: start-up and work. */
  readonly seconds: number;
  /** The step of the same stage that has to end first; undefined where the job waits for a slot alone. */
  readonly after: string | undefined;
}

/** Jobs that may run side by side; the next stage begins when all have ended. */
export type ScheduledStage = readonly ScheduledJob[];

const numeric = new Intl.Collator('en', { numeric: true });

/**
 * The jobs of a run as stages, in the order in which the run had them. Jobs that were taken over from an earlier run are left out.
 *
 * A stage is what its steps are called without the number at their end (`tune/trial-1` and `tune/trial-2` are one, each round of a race is
 * its own); all folds are one stage, in which a fold's training follows its preprocessing.
 *
 * @param seconds how long a job holds its slot
 */
export function stagesOf(jobs: readonly JobRecord[], seconds: (job: JobRecord) => number): ScheduledStage[] {
  const stages = new Map<string, ScheduledJob[]>();
  for (const job of jobs) {
    // A tuning job has no machine of its own: its training jobs have.
    if (job.reused || job.kind === 'tuning') continue;
    const stage = stageOf(job.step);
    stages.set(stage, [...(stages.get(stage) ?? []), { step: job.step, seconds: seconds(job), after: before(job) }]);
  }
  return [...stages.values()].map((stage) => stage.sort((a, b) => numeric.compare(a.step, b.step)));
}

const FOLD = /^fold-\d+\//;

/** A step's stage, and its place there by the number at its end. */
export function placeIn({ run, step }: { readonly run: string; readonly step: string }): {
  readonly group: string;
  readonly place: number;
} {
  const [number = ''] = /\d+$/.exec(step) ?? [];
  return { group: `${run} ${stageOf(step)}`, place: Number(number) };
}

function stageOf(step: string): string {
  return FOLD.test(step) ? 'folds' : step.replace(/-\d+$/, '');
}

/** The training of a fold reads what its preprocessing left. */
function before({ step }: JobRecord): string | undefined {
  const [fold] = FOLD.exec(step) ?? [];
  return fold === undefined || step === `${fold}preprocess` ? undefined : `${fold}preprocess`;
}

/**
 * How long stages take on some slots, seconds: list scheduling (Graham, Bounds on Multiprocessing Timing Anomalies, SIAM Journal on Applied
 * Mathematics 17, 1969). A free slot takes the job that has been ready longest, of equals the first in the list; as a worker does.
 *
 * @throws RangeError for less than one slot, or a job that is after one which its stage has not
 */
export function makespan(stages: readonly ScheduledStage[], slots: number): number {
  if (!(slots >= 1)) throw new RangeError(`jobs need at least 1 slot, not ${slots}`);
  return stages.reduce((sum, stage) => sum + stageSeconds(stage, slots), 0);
}

function stageSeconds(stage: ScheduledStage, slots: number): number {
  const free = Array.from({ length: Math.min(slots, stage.length) }, () => 0);
  const ends = new Map<string, number>();
  const waiting = [...stage];
  while (waiting.length > 0) {
    const { job, at } = longestReady(waiting, ends);
    waiting.splice(waiting.indexOf(job), 1);
    const slot = free.indexOf(Math.min(...free));
    const end = Math.max(at, free[slot] ?? 0) + job.seconds;
    free[slot] = end;
    ends.set(job.step, end);
  }
  return Math.max(0, ...free);
}

function longestReady(
  waiting: readonly ScheduledJob[],
  ends: ReadonlyMap<string, number>,
): { job: ScheduledJob; at: number } {
  let first: { job: ScheduledJob; at: number } | undefined;
  for (const job of waiting) {
    const at = job.after === undefined ? 0 : ends.get(job.after);
    if (at !== undefined && (first === undefined || at < first.at)) first = { job, at };
  }
  if (first !== undefined) return first;
  throw new RangeError(`${waiting.map(({ step }) => step).join(', ')}: after steps that are not in their stage`);
}
