import { batchesOf, type Fit } from '../core/plan.ts';
import type { FitResult } from '../core/results.ts';
import { trainSpec, type RunContext } from '../core/steps.ts';
import type { JobRunner } from './job.ts';
import { inWindow, WINDOW } from './window.ts';

/** The one executor of a plan: runs the fits in batches, a job each, and answers in the order of the fits. */
export async function runFits(
  context: RunContext,
  jobs: JobRunner,
  step: string,
  fits: readonly Fit[],
): Promise<FitResult[]> {
  const batches = batchesOf(fits, context.input.pipeline.batch);
  const results = await inWindow(batches, WINDOW, (batch, index) =>
    jobs.run((attempt) => trainSpec(context, `${step}-${index + 1}`, batch, attempt), batch.length),
  );
  return results.flatMap((result) => result.fits);
}
