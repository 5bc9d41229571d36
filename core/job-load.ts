import { CrossfoldError } from './errors.ts';
import { batchesOf, batchText, fitsOf, foldsOf, settingsOf, VALUE_LIMIT, type Batch } from './plan.ts';
import type { Setting } from './setting.ts';
import type { Task } from './task.ts';

/** What a job is told beside its fits. */
export interface Told {
  readonly metrics: readonly string[];
  readonly seed: number;
  readonly task: Task;
}

/** The most hyperparameters of a training job (SageMaker's service model), but for the one that names a search. */
const FIELDS_LIMIT = 100 - 1;
/** What a job has scored goes through Temporal as one payload of at most 2 MB; bytes. */
export const ANSWER_LIMIT = 2_000_000;
/** What a fit answers beside its setting and its metrics: the hashes of its rows and its times. Bytes, at most. */
const FIT_LENGTH = 275;
/** A number between 0 and 1 at full precision, with what JSON has around it and its name. */
const METRIC_LENGTH = 25;

/** How full the request of a job is that carries this batch: 1 is all that SageMaker takes. */
export function requestLoad(batch: Batch, { metrics, seed, task }: Told): number {
  return batchText(batch, settingsOf(batch), metrics, seed, task).length / (FIELDS_LIMIT * VALUE_LIMIT);
}

/** How full the answer of a job is that carries this batch, about: 1 is all that Temporal takes. */
export function answerLoad(batch: Batch, { metrics }: Pick<Told, 'metrics'>): number {
  const scored = metrics.reduce((length, name) => length + name.length + METRIC_LENGTH, FIT_LENGTH);
  const lengths = new Map(settingsOf(batch).map((setting) => [setting.id, JSON.stringify(setting).length]));
  return batch.reduce((length, { setting }) => length + (lengths.get(setting.id) ?? 0) + scored, 0) / ANSWER_LIMIT;
}

/** How much of a job's request and of its answer one setting takes, where the job has many on the same folds. */
export function settingLoad(setting: Setting, folds: number, told: Told): { request: number; answer: number } {
  const numbers = Array.from({ length: folds }, (_, fold) => fold);
  const [one, two] = [1, 2].map((count) => {
    const settings = Array.from({ length: count }, (_, index) => ({
      ...setting,
      id: `${index}${setting.id.slice(1)}`,
    }));
    return fitsOf(settings, numbers);
  });
  const more = (load: typeof requestLoad): number => load(two ?? [], told) - load(one ?? [], told);
  return { request: more(requestLoad), answer: more(answerLoad) };
}

/** Whether one job can be told of a batch, and can answer. */
export function isOneJob(batch: Batch, told: Told): boolean {
  return loadOf(batch, told) <= 1;
}

/** @throws CrossfoldError PipelineInvalid where one job cannot be told of a race: how many folds there are may be known from the split alone */
export function requireOneJob(batch: Batch, told: Told): void {
  const load = requestLoad(batch, told);
  if (load <= 1) return;
  throw new CrossfoldError(
    'PipelineInvalid',
    `tuning.race: found halving of ${settingsOf(batch).length} settings on ${foldsOf(batch).length} folds within one job, which is ` +
      `${load.toFixed(2)} times what a job can be told. Try fewer settings, or choose method folds or indices.`,
  );
}

/** A batch as batches that a job each can carry: as few as can be, alike in size. The fits of a setting that stand together stay so. */
export function inJobs(batch: Batch, told: Told): Batch[] {
  const jobs = Math.ceil(loadOf(batch, told));
  if (jobs < 2 || batch.length < 2) return [batch];
  const together = Math.max(
    1,
    batch.findIndex(({ setting }) => setting.id !== batch[0]?.setting.id),
  );
  const size = Math.ceil(batch.length / jobs / together) * together;
  return batchesOf(batch, Math.min(size, batch.length - 1)).flatMap((part) => inJobs(part, told));
}

/** What a fit that is taken over tells of its job: its name, where its output is, and what it took. Bytes, about. */
const KEPT_LENGTH = 400;

/** Settings in parts, alike in size, of each of which all fits on some folds can be taken over with one answer. */
export function inAnswers(settings: readonly Setting[], folds: readonly number[], told: Told): Setting[][] {
  const fits = fitsOf(settings, folds);
  const parts = Math.ceil(answerLoad(fits, told) + (fits.length * KEPT_LENGTH) / ANSWER_LIMIT);
  const size = Math.max(1, Math.ceil(settings.length / Math.max(1, parts)));
  return Array.from({ length: Math.ceil(settings.length / size) }, (_, index) =>
    settings.slice(index * size, (index + 1) * size),
  );
}

function loadOf(batch: Batch, told: Told): number {
  return Math.max(requestLoad(batch, told), answerLoad(batch, told));
}
