import type { Champion } from './champion.ts';
import { contentKey } from './content-key.ts';
import { metricsOf, type Pipeline } from './pipeline.ts';
import { foldsOf, settingsOf, type Batch } from './plan.ts';
import type { RunInput } from './run.ts';
import type { Question } from './sampling.ts';
import type { Setting } from './setting.ts';
import { laterArguments } from './split.ts';

/**
 * What each step's outcome depends on, as a key: a step with the same key has the same outcome, so it is not run again.
 * A run that must not reuse anything has keys that no other run has.
 */

/** The rows of holdout and folds. */
export function rowsKey(input: RunInput): string {
  const { split, task } = input.pipeline;
  const subset = input.subset ?? null;
  return contentKey({ ...shared(input), step: 'rows', data: input.data.version, split, task, subset });
}

/** The split with all that it tells and checks; a metric or an algorithm more, or another estimate, makes another split of the same rows. */
export function splitKey(input: RunInput): string {
  const algorithms = Object.keys(input.pipeline.algorithms).sort();
  const later = laterArguments(input);
  const checked = { algorithms, ...(later.length > 0 && { later }) };
  return contentKey({ step: 'split', rows: rowsKey(input), ...checked, ...scoring(input) });
}

/** One fold, preprocessed. */
export function foldKey(input: RunInput, fold: number): string {
  return contentKey({ step: 'fold', rows: rowsKey(input), fold });
}

/** All fits of one algorithm on these rows: what tells them apart is their fold and their hyperparameters. */
export function familyKey(input: RunInput, algorithm: string): string {
  const { method } = input.pipeline;
  return contentKey({
    step: 'fits',
    rows: rowsKey(input),
    method,
    ...scoring(input),
    ...algorithmOf(input, algorithm),
  });
}

/** A search in one job that leaves out fits: which, depends on all settings that it is given. */
export function halvingKey(input: RunInput, batch: Batch): string {
  const settings = settingsOf(batch);
  const families = settings.map(({ algorithm }) => familyKey(input, algorithm));
  return contentKey({ step: 'halving', families, settings, folds: foldsOf(batch) });
}

/** The search of a tuning job that starts from this setting; how many training jobs it has at once changes none of them. */
export function managedKey(
  input: RunInput,
  { trials, seed, strategy, ...tuning }: NonNullable<Pipeline['tuning']>,
  { algorithm, hyperparameters }: Setting,
): string {
  return contentKey({
    step: 'managed',
    family: familyKey(input, algorithm),
    ...{ hyperparameters, ranges: input.pipeline.algorithms[algorithm]?.ranges ?? {} },
    ...{ trials, seed, strategy: strategy ?? 'random', earlyStopping: tuning['early-stopping'] ?? false },
    parents: (input.parents ?? []).filter((parent) => parent.algorithm === algorithm).map(({ job }) => job),
  });
}

/** The final fit of a setting. */
export function finalKey(input: RunInput, { algorithm, hyperparameters }: Setting): string {
  return contentKey({ step: 'final', rows: rowsKey(input), hyperparameters, ...algorithmOf(input, algorithm) });
}

/** The score of a final fit on the holdout. */
export function evaluationKey(input: RunInput, setting: Setting): string {
  return contentKey({ step: 'evaluation', final: finalKey(input, setting), ...scoring(input) });
}

/** The leak check of these settings. */
export function leakageKey(input: RunInput, settings: readonly Setting[]): string {
  const checked = settings.map(({ algorithm, hyperparameters }) => ({
    hyperparameters,
    ...algorithmOf(input, algorithm),
  }));
  return contentKey({ step: 'leakage', rows: rowsKey(input), settings: checked, ...scoring(input) });
}

/** The settings that a sampler suggests. */
export function suggestKey(input: RunInput, question: Question): string {
  return contentKey({ ...shared(input), step: 'suggest', question });
}

/** The drift of this data, and of what was captured by now, from what a champion was trained on. */
export function driftKey(input: RunInput, { train, holdout }: Champion, captured: string | null): string {
  const { seed } = input.pipeline.split;
  const compared = { data: input.data.version, train, holdout, ...(captured !== null && { captured }) };
  return contentKey({ ...shared(input), step: 'drift', ...compared, seed });
}

/** The final fit of a setting against a champion. */
export function challengeKey(input: RunInput, { model, train }: Champion, setting: Setting): string {
  const { confidence, objective } = input.pipeline;
  const compared = { model, train, final: finalKey(input, setting), confidence, objective };
  return contentKey({ step: 'challenge', ...compared, ...scoring(input) });
}

/** What every step depends on. */
function shared({ pipeline, image, code, reuse, run }: RunInput): object {
  return { image: pipeline.jobs.image ?? image, code: code.common, run: reuse ? null : run };
}

function scoring({ pipeline, code }: RunInput): object {
  return { metrics: metricsOf(pipeline), metricsCode: code.metrics };
}

function algorithmOf({ pipeline, code }: RunInput, algorithm: string): object {
  return { algorithm, algorithmCode: code.algorithms[algorithm] ?? null, seed: pipeline.split.seed };
}
