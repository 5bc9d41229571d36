import type { JobRecord } from '../run.ts';

/** A job in its place: seconds from the creation of the run's first job, on the lowest slot that was free. */
export interface PlacedJob {
  readonly job: JobRecord;
  readonly slot: number;
  readonly created: number;
  readonly started: number;
  readonly ended: number;
}

/** The jobs of this run over the slots that they held, in the order of their creation. */
export function timelineOf(jobs: readonly JobRecord[]): PlacedJob[] {
  const own = jobs
    .flatMap((job) => (job.created === null || job.reused ? [] : [{ job, at: job.created }]))
    .sort((a, b) => a.at - b.at);
  const first = own[0]?.at ?? 0;
  const free: number[] = [];
  return own.map(({ job, at }) => {
    const created = at - first;
    const started = created + job.startup;
    const ended = started + job.seconds;
    const found = free.findIndex((until) => until <= created);
    const slot = found < 0 ? free.length : found;
    free[slot] = ended;
    return { job, slot: slot + 1, created, started, ended };
  });
}

const STAGE_OF: readonly (readonly [RegExp, string])[] = [
  [/^fold-\d+\/preprocess$/, 'preprocess'],
  [/^(fold-\d+\/train|base)/, 'base settings'],
  [/^(tune|sample)/, 'tuning'],
  [/^confirm/, 'confirmation'],
  [/^(outer|nested)/, 'nested estimate'],
];

/** What a job was for, as people sum up costs; a step that stands alone has its own name. */
export function purposeOf({ step }: Pick<JobRecord, 'step'>): string {
  return STAGE_OF.find(([pattern]) => pattern.test(step))?.[1] ?? step.replace(/[/-]\d+.*$/, '');
}
