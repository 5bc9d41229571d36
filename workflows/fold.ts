import { requireFittedOn, type SplitFold } from '../core/evidence.ts';
import { firstBatches } from '../core/pipeline.ts';
import type { FitResult } from '../core/results.ts';
import type { Setting } from '../core/setting.ts';
import { preprocessSpec, type RunContext } from '../core/steps.ts';
import { parentReport } from './child.ts';
import { failingWhole } from './failure.ts';
import { runFits } from './fits.ts';
import { jobRunner } from './job.ts';

export interface FoldInput {
  readonly context: RunContext;
  readonly fold: SplitFold;
  readonly settings: readonly Setting[];
}

/** One fold: preprocess its rows, then train and score each algorithm's base setting on them. */
export async function foldWorkflow({ context, fold, settings }: FoldInput): Promise<FitResult[]> {
  return await failingWhole(async () => {
    const report = parentReport();
    const jobs = jobRunner(context.input, report.ended);
    const { result: evidence } = await jobs.run((attempt) => preprocessSpec(context, fold, attempt), 0);
    requireFittedOn(fold, evidence);
    const fits = await runFits(
      context,
      jobs,
      `fold-${fold.fold}/train`,
      [fold],
      settings,
      firstBatches(context.input.pipeline),
    );
    await report.delivered();
    return fits;
  });
}
