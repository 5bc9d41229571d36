import { z } from 'zod';
import type { ObjectStore } from '../activities/objects.ts';
import type { MethodRun } from '../core/comparison.ts';
import { CrossfoldError } from '../core/errors.ts';
import { resultSchemas, type FitResult } from '../core/results.ts';
import { runToken } from '../core/names.ts';
import type { RunInput, RunResult } from '../core/run.ts';
import { prefixesOf } from '../core/run-prefixes.ts';
import type { StartedRun } from './runs.ts';

const reported = z.object({ fits: resultSchemas.fits.shape.fits });

/**
 * What a completed run found, took and left in S3.
 *
 * @throws CrossfoldError ResultMissing, Unreachable
 */
export async function measuredRun(
  handle: StartedRun,
  input: RunInput,
  result: RunResult,
  objects: ObjectStore,
): Promise<MethodRun> {
  const { startTime, closeTime } = await handle.describe();
  if (closeTime === undefined) throw new TypeError(`run ${handle.workflowId} has not ended`);
  const prefixes = prefixesOf({ input, token: runToken(handle.firstExecutionRunId) }, result);
  const sizes = await Promise.all(prefixes.map((prefix) => objects.size(prefix)));
  return {
    method: input.pipeline.method,
    result,
    fits: await fitsOf(result, objects),
    wall: (closeTime.getTime() - startTime.getTime()) / 1000,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

async function fitsOf({ files }: RunResult, objects: ObjectStore): Promise<FitResult[]> {
  const text = await objects.readText(files.result);
  if (text === undefined)
    throw new CrossfoldError('ResultMissing', `${files.result} is gone from S3; start the comparison again.`);
  return reported.parse(JSON.parse(text)).fits;
}
