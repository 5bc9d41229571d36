import type { Client } from '@temporalio/client';
import type { JobRecord } from '../../core/run.ts';
import { completedRuns } from '../runs.ts';

/** Runs that times are taken from: the newest ones. */
const RUNS = 5;

/** The jobs of the newest completed runs of a pipeline. */
export async function jobsOfEarlierRuns(client: Client, pipeline: string): Promise<JobRecord[]> {
  const runs = await completedRuns(client, pipeline, RUNS);
  const results = await Promise.all(runs.map((handle) => handle.result()));
  return results.flatMap(({ jobs }) => jobs);
}
