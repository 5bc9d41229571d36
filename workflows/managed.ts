import { requireScoredOn } from '../core/evidence.ts';
import { tuningSpec } from '../core/managed.ts';
import { managedSearch, managedTrials, trainingRecords, type TunedSearch } from '../core/managed-trials.ts';
import type { Setting } from '../core/setting.ts';
import type { JobRunner } from './job.ts';
import type { Tuned, TuneInput } from './tune.ts';

/** SageMaker searches: a tuning job for each algorithm, one after the other, as each fills the slots by itself. */
export async function tuneManaged(input: TuneInput, jobs: JobRunner): Promise<Tuned> {
  const searches: TunedSearch[] = [];
  for (const setting of input.bases) searches.push(await searchFrom(input, jobs, setting));
  const trials = searches.reduce<Tuned['trials']>(
    (found, search) => [...found, ...managedTrials(search, found.length)],
    [],
  );
  return { trials, perFold: undefined, managed: searches.map(managedSearch) };
}

async function searchFrom(input: TuneInput, jobs: JobRunner, setting: Setting): Promise<TunedSearch> {
  const { context, tuning, folds, goal } = input;
  const specOf = (attempt: number): TunedSearch['spec'] => tuningSpec(context, tuning, setting, folds, goal, attempt);
  const { result, job, output, reused } = await jobs.run(specOf, 0);
  const search = { spec: specOf(1), job: job.name, output, reused, trainings: result.trainings };
  for (const training of trainingRecords(search)) jobs.noted(training);
  requireScoredOn(
    folds,
    search.trainings.flatMap(({ fits }) => fits),
  );
  return search;
}
