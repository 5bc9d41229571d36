import { patched } from '@temporalio/workflow';
import type { KeptFit } from '../activities/kept.ts';
import { batchSizes, type BatchRule } from '../core/batch-size.ts';
import { isScoredOn, requireScoredOn, type SplitFold } from '../core/evidence.ts';
import { POLICIES } from '../core/methods.ts';
import { inAnswers, inJobs, isOneJob } from '../core/job-load.ts';
import { toldOf } from '../core/pipeline.ts';
import { fitsOf, type Batch } from '../core/plan.ts';
import type { FitResult } from '../core/results.ts';
import type { JobRecord } from '../core/run.ts';
import type { Setting } from '../core/setting.ts';
import { familiesOf, homeOf, trainSpec, type RunContext } from '../core/steps.ts';
import { shortActivities, type JobRunner } from './job.ts';
import { inWindow, jobWindow } from './window.ts';

/**
 * The one executor of a plan, every setting on every fold: takes over the fits that earlier jobs have made, runs the
 * others in batches, a job each, and refuses those that were not trained and scored on the rows of their fold.
 */
export async function runFits(
  context: RunContext,
  jobs: JobRunner,
  step: string,
  folds: readonly SplitFold[],
  settings: readonly Setting[],
  rule: BatchRule,
): Promise<FitResult[]> {
  const kept = await recall(context, folds, settings);
  for (const job of reusedJobs(kept, step)) jobs.noted(job);
  const known = new Map(kept.map(({ fit }) => [nameOf(fit.setting, fit.fold), fit]));

  const plan = fitsOf(
    settings,
    folds.map(({ fold }) => fold),
  );
  const missing = plan.filter(({ setting, fold }) => !known.has(nameOf(setting.id, fold)));
  const policy = POLICIES[context.input.pipeline.method];
  const batches = policy.batches(missing, batchSizes(rule, missing.length)).flatMap((batch) => carried(context, batch));
  const made = await inWindow(batches, jobWindow(context.input.slots), (batch, index) =>
    jobs.run((attempt) => trainSpec(context, `${step}-${index + 1}`, batch, attempt), batch.length),
  );
  const fits = made.flatMap(({ result }) => result.fits);
  requireScoredOn(folds, fits);
  for (const fit of fits) known.set(nameOf(fit.setting, fit.fold), fit);
  return plan.flatMap(({ setting, fold }) => known.get(nameOf(setting.id, fold)) ?? []);
}

/** A batch that one job cannot carry in parts that it can. Runs that began before these go on as they would have. */
function carried({ input: { pipeline } }: RunContext, batch: Batch): Batch[] {
  const told = toldOf(pipeline);
  return isOneJob(batch, told) || !patched('batches-in-jobs') ? [batch] : inJobs(batch, told);
}

async function recall(
  { input }: RunContext,
  folds: readonly SplitFold[],
  settings: readonly Setting[],
): Promise<KeptFit[]> {
  const numbers = folds.map(({ fold }) => fold);
  const parts = inAnswers(settings, numbers, toldOf(input.pipeline));
  // Runs that began before these parts ask for all at once, and go on so.
  const asked = parts.length > 1 && patched('recall-in-parts') ? parts : [settings];
  const kept: KeptFit[] = [];
  for (const part of asked) {
    const request = { home: homeOf(input), families: familiesOf(input, part), settings: part, folds: numbers };
    kept.push(...(await shortActivities(input.patience).recallFits(request)));
  }
  return kept.filter(({ fit }) => isScoredOn(folds, fit));
}

/** What an earlier job costs this run. */
const NO_TIME = { created: null, startup: 0, seconds: 0, working: 0 } as const;

/** The earlier jobs that fits are taken over from, each once. */
function reusedJobs(kept: readonly KeptFit[], step: string): JobRecord[] {
  const jobs = new Map(kept.map((each) => [each.job, each]));
  return [...jobs].map(([name, { output, measured }]) => {
    const fits = kept.filter((each) => each.job === name).length;
    return {
      ...{ name, ...NO_TIME, kind: 'training', step, output, fits, reused: true },
      ...(measured && { measured }),
    };
  });
}

function nameOf(setting: string, fold: number): string {
  return `${setting} ${fold}`;
}
