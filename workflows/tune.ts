import type { BatchRule } from '../core/batch-size.ts';
import type { SplitFold } from '../core/evidence.ts';
import { bestWinner, optimisticMean, winnerOf, type FoldWinner, type PerFold } from '../core/per-fold.ts';
import type { Goal } from '../core/results.ts';
import { trialsOf, type Trial } from '../core/scores.ts';
import { settingsToTry } from '../core/search.ts';
import type { Setting } from '../core/setting.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { RunContext } from '../core/steps.ts';
import { parentReport } from './child.ts';
import { failingWhole } from './failure.ts';
import { runFits } from './fits.ts';
import { jobRunner, type JobRunner } from './job.ts';
import { raceSettings } from './race.ts';
import { inWindow, WINDOW } from './window.ts';

export interface TuneInput {
  readonly context: RunContext;
  readonly folds: readonly SplitFold[];
  /** The base settings of the algorithms to tune; what has no range stays as it is. */
  readonly bases: readonly Setting[];
  readonly tuning: NonNullable<Pipeline['tuning']>;
  readonly goal: Goal;
  readonly batches: BatchRule;
}

/** What tuning found. */
export interface Tuned {
  readonly trials: readonly Trial[];
  readonly perFold: PerFold | undefined;
}

/** Tunes: settings are scored over the folds as long as they can still win, or each fold looks for its own winner. */
export async function tuneWorkflow(input: TuneInput): Promise<Tuned> {
  return await failingWhole(async () => {
    const report = parentReport();
    const jobs = jobRunner(input.context.input.patience, report.ended);
    const found = input.tuning.scope === 'per-fold' ? await tunePerFold(input, jobs) : await tuneShared(input, jobs);
    await report.delivered();
    return found;
  });
}

async function tuneShared(input: TuneInput, jobs: JobRunner): Promise<Tuned> {
  const { context, folds, bases, tuning, goal, batches } = input;
  const { pipeline, champion } = context.input;
  const settings = settingsToTry({ ...pipeline, tuning }, bases, tuning.seed, champion?.setting);
  const trials = await raceSettings(context, jobs, 'tune/trial', folds, settings, goal, batches);
  return { trials, perFold: undefined };
}

/**
 * Each fold chooses on its own, among the same settings; then the winners are cross-validated, as the pipeline says. What
 * that needs was fitted already.
 */
async function tunePerFold(input: TuneInput, jobs: JobRunner): Promise<Tuned> {
  const { context, folds, tuning, goal, batches } = input;
  const { objective } = context.input.pipeline;
  const crossValidate = async (winners: readonly FoldWinner[]): Promise<Trial[]> => {
    const settings = winners.map(({ fold, setting }) => ({ ...setting, id: `fold-${fold}-winner` }));
    const fits = await runFits(context, jobs, 'tune/winner', folds, settings, batches);
    return trialsOf(settings, fits, folds.length, objective);
  };
  const winners = await inWindow(folds, WINDOW, (fold) => winnerOn(input, jobs, fold));
  const first = bestWinner(winners, goal);
  const trials = await crossValidate(tuning.then === 'best' ? [first] : winners);
  const best = trials.find(({ setting }) => setting.id === `fold-${first.fold}-winner`);
  return {
    trials,
    perFold: {
      winners,
      optimistic: optimisticMean(winners),
      best: tuning.then === 'each' ? undefined : best,
      each: tuning.then === 'best' ? [] : trials,
    },
  };
}

async function winnerOn(input: TuneInput, jobs: JobRunner, fold: SplitFold): Promise<FoldWinner> {
  const { context, bases, tuning, goal, batches } = input;
  const { pipeline, champion } = context.input;
  const settings = settingsToTry({ ...pipeline, tuning }, bases, tuning.seed, champion?.setting);
  const fits = await runFits(context, jobs, `tune/fold-${fold.fold}`, [fold], settings, batches);
  return winnerOf(fold.fold, settings, fits, pipeline.objective, goal);
}
