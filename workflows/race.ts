import type { BatchRule } from '../core/batch-size.ts';
import type { SplitFold } from '../core/evidence.ts';
import { raceRuleOf } from '../core/pipeline.ts';
import { FIRST_ROUND, raceBy } from '../core/racing.ts';
import type { FitResult, Goal } from '../core/results.ts';
import { racedTrials, type Trial } from '../core/scores.ts';
import type { Setting } from '../core/setting.ts';
import type { RunContext } from '../core/steps.ts';
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
  const { objective } = context.input.pipeline;
  const rule = raceRuleOf(context.input.pipeline);
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
