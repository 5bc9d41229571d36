import { costOf, priceOf } from './prices.ts';
import type { JobRecord, RunInput } from './run.ts';

/** What jobs cost, as people read it; what SageMaker bills is the time from a job's start on its machine to its end. */
export function costText(jobs: readonly JobRecord[], { pipeline }: Pick<RunInput, 'pipeline'>): string {
  const cost = jobsCost(jobs, { pipeline });
  return cost === undefined ? `${timeText(secondsOf(jobs))} of ${pipeline.jobs.instance}` : `USD ${cost.toFixed(4)}`;
}

/** What jobs cost, USD; undefined where no price is known. */
export function jobsCost(jobs: readonly JobRecord[], { pipeline }: Pick<RunInput, 'pipeline'>): number | undefined {
  return costOf(secondsOf(jobs), priceOf(pipeline.jobs));
}

function secondsOf(jobs: readonly JobRecord[]): number {
  return jobs.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Seconds as people read them. */
export function timeText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
