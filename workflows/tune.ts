import type { BatchRule } from '../core/batch-size.ts';
import type { SplitFold } from '../core/evidence.ts';
import { randomSettings, type Ranges } from '../core/ranges.ts';
import type { Goal } from '../core/results.ts';
import type { Trial } from '../core/scores.ts';
import type { Setting } from '../core/setting.ts';
import type { RunContext } from '../core/steps.ts';
import { parentReport } from './child.ts';
import { failingWhole } from './failure.ts';
import { jobRunner } from './job.ts';
import { raceSettings } from './race.ts';

export interface TuneInput {
  readonly context: RunContext;
  readonly folds: readonly SplitFold[];
  /** The setting that the search starts from; what has no range stays as it is. */
  readonly base: Setting;
  readonly ranges: Ranges;
  readonly trials: number;
  readonly seed: number;
  readonly goal: Goal;
  readonly batches: BatchRule;
}

/** Tunes one algorithm: each trial is a setting scored over the folds, as long as it can still win. */
export async function tuneWorkflow(input: TuneInput): Promise<Trial[]> {
  return await failingWhole(async () => {
    const { context, folds, base } = input;
    const report = parentReport();
    const jobs = jobRunner(context.input.patience, report.ended);
    const settings = randomSettings(base.algorithm, base.hyperparameters, input.ranges, input.trials, input.seed);
    const trials = await raceSettings(context, jobs, 'tune/trial', folds, settings, input.goal, input.batches);
    await report.delivered();
    return trials;
  });
}
