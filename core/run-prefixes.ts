import { evaluationKey, familyKey, finalKey, foldKey, splitKey } from './cache-keys.ts';
import { cachePrefix, jobsPrefix, runRoot } from './layout.ts';
import type { RunResult } from './run.ts';
import { homeOf, type RunContext } from './steps.ts';

/**
 * The prefixes in S3 below which everything is that a run has written which reused nothing and shares nothing; none is below another.
 * The data and the scripts are not among them: all runs read the same.
 */
export function prefixesOf({ input, token }: RunContext, { folds, winner }: RunResult): string[] {
  const home = homeOf(input);
  const { pipeline, algorithms } = input.pipeline;
  const keys = [
    splitKey(input),
    ...folds.map((_, fold) => foldKey(input, fold)),
    ...Object.keys(algorithms).map((algorithm) => familyKey(input, algorithm)),
    finalKey(input, winner.setting),
    evaluationKey(input, winner.setting),
  ];
  return [
    runRoot(input.prefix, pipeline, input.run),
    // The outputs of training jobs, whose names begin with what tells the run from all others.
    `${jobsPrefix(home)}${pipeline}-${token}-`,
    // Those of tuning jobs have no room for the pipeline's name.
    `${jobsPrefix(home)}${token}-`,
    ...keys.map((key) => cachePrefix(home, key)),
  ];
}
