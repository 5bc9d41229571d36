import { leakageKey } from './cache-keys.ts';
import { CrossfoldError } from './errors.ts';
import type { ProcessingSpec } from './jobs.ts';
import { cachePrefix } from './layout.ts';
import { metricsOf, type Pipeline } from './pipeline.ts';
import { batchText, piecesOf } from './plan.ts';
import type { Setting } from './setting.ts';
import { base, foldsFile, homeOf, splitOf, type RunContext } from './steps.ts';

/** A processing job's arguments: how many, and characters of one (SageMaker's service model). */
const ARGUMENTS_LIMIT = 100;
const ARGUMENT_LIMIT = 256;

const FLAG = '--batch=';

/**
 * Scores settings on every fold with honest and with leaky preprocessing, and looks for leaks in the folds.
 *
 * @throws CrossfoldError PipelineInvalid where the settings are longer than a job's arguments may be
 */
export function leakageSpec(
  context: RunContext,
  settings: readonly Setting[],
  attempt: number,
): ProcessingSpec<'leakage'> {
  const { input } = context;
  const key = leakageKey(input, settings);
  const split = splitOf(input);
  return {
    ...base(context, 'leak-check', attempt),
    kind: 'processing',
    script: 'leak_check.py',
    arguments: batchArguments(input.pipeline, settings),
    inputs: [
      { name: 'code', uri: input.code.uri },
      { name: 'table', uri: split.train },
      { name: 'folds', uri: foldsFile(context) },
    ],
    output: cachePrefix(homeOf(input), key),
    keep: { step: key },
    result: 'leakage',
  };
}

/** The settings as a batch's JSON, cut into arguments. */
function batchArguments(pipeline: Pipeline, settings: readonly Setting[]): string[] {
  const { split, task } = pipeline;
  const text = batchText([], settings, metricsOf(pipeline), split.seed, task);
  const size = ARGUMENT_LIMIT - FLAG.length;
  if (text.length > ARGUMENTS_LIMIT * size) {
    throw new CrossfoldError(
      'PipelineInvalid',
      `algorithms: found hyperparameters of ${text.length} characters in all; allowed for a leak check: ` +
        `${ARGUMENTS_LIMIT * size}. Check fewer algorithms at a time.`,
    );
  }
  return piecesOf(text, size).map((piece) => FLAG + piece);
}
