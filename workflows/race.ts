import { patched } from '@temporalio/workflow';
import type { BatchRule } from '../core/batch-size.ts';
import { requireScoredOn, type SplitFold } from '../core/evidence.ts';
import { POLICIES } from '../core/methods.ts';
import { requireOneJob } from '../core/job-load.ts';
import { raceRuleOf, toldOf, type Pipeline } from '../core/pipeline.ts';
import { fitsOf } from '../core/plan.ts';
import { FIRST_ROUND, raceBy, type RaceRule } from '../core/racing.ts';
import type { FitResult, Goal } from '../core/results.ts';
import { racedTrials, type Trial } from '../core/scores.ts';
import type { Setting } from '../core/setting.ts';
import { halvingSpec, type RunContext } from '../core/steps.ts';
import { runFits } from './fits.ts';
import type { JobRunner } from './job.ts';

/**
 * Scores settings fold by fold; after each round those that can no longer win leave the race. Without a race there is one
 * round of all folds. The trials are in the order of `settings`; one that left has the folds up to there.
 */
export async function raceSettings(
  context: RunContext,
  jobs: JobRunner,
  step: string,
  folds: readonly SplitFold[],
  settings: readonly Setting[],
  goal: Goal,
  batches: BatchRule,
): Promise<Trial[]> {
  const { objective, method } = context.input.pipeline;
  const rule = ruleOf(context.input.pipeline);
  if (rule !== 'off' && POLICIES[method].races === 'within a job') {
    return racedTrials(settings, await halve(context, jobs, step, folds, settings), objective);
  }
  const race = raceBy(rule);
  const testRows = Math.min(...folds.map(({ test_rows }) => test_rows));
  const first = rule === 'off' ? folds.length : FIRST_ROUND;
  const rounds = [folds.slice(0, first), ...folds.slice(first).map((fold) => [fold])];

  const fits: FitResult[] = [];
  let running = [...settings];
  for (const [index, round] of rounds.entries()) {
    const name = rule === 'off' ? step : `${step}-round-${index + 1}`;
    fits.push(...(await runFits(context, jobs, name, round, running, batches)));
    const scores = racedTrials(running, fits, objective).map((trial) => trial.scores);
    const staying = race(scores, goal, { testRows });
    running = running.filter((_, setting) => staying.includes(setting));
  }
  return racedTrials(settings, fits, objective);
}

function ruleOf(pipeline: Pipeline): RaceRule {
  const rule = raceRuleOf(pipeline);
  const asDrawn = raceRuleOf({ ...pipeline, tuning: pipeline.tuning && { ...pipeline.tuning, settings: undefined } });
  // Runs that began when settings given by hand raced as drawn ones do go on so.
  return rule === asDrawn || patched('given-settings-do-not-race') ? rule : asDrawn;
}

/** The race in one job: it is taken over from an earlier run whole or not at all. */
async function halve(
  context: RunContext,
  jobs: JobRunner,
  step: string,
  folds: readonly SplitFold[],
  settings: readonly Setting[],
): Promise<FitResult[]> {
  const batch = fitsOf(
    settings,
    folds.map(({ fold }) => fold),
  );
  requireOneJob(batch, toldOf(context.input.pipeline));
  const { result } = await jobs.run((attempt) => halvingSpec(context, `${step}-1`, batch, attempt), batch.length);
  requireScoredOn(folds, result.fits);
  return result.fits;
}
