import type { BatchRule } from '../core/batch-size.ts';
import type { SplitFold } from '../core/evidence.ts';
import type { ManagedSearch } from '../core/managed.ts';
import {
  bestWinner,
  optimisticMean,
  triedOn,
  winnerId,
  winnerOf,
  type FoldWinner,
  type PerFold,
} from '../core/per-fold.ts';
import type { Goal } from '../core/results.ts';
import { trialsOf, type Trial } from '../core/scores.ts';
import type { Setting } from '../core/setting.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { RunContext } from '../core/steps.ts';
import { parentReport } from './child.ts';
import { failingWhole } from './failure.ts';
import { runFits } from './fits.ts';
import { jobRunner, type JobRunner } from './job.ts';
import { tuneManaged } from './managed.ts';
import { raceSettings } from './race.ts';
import { Waves } from './waves.ts';
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
  readonly managed: readonly ManagedSearch[] | undefined;
}

/** The ways to tune, by their scope. */
const SCOPES = { shared: tuneShared, 'per-fold': tunePerFold, managed: tuneManaged } as const;

/**
 * Tunes: settings are scored over the folds as long as they can still win, or each fold looks for its own winner, or SageMaker searches.
 */
export async function tuneWorkflow(input: TuneInput): Promise<Tuned> {
  return await failingWhole(async () => {
    const report = parentReport();
    const jobs = jobRunner(input.context.input, report.ended);
    const found = await SCOPES[input.tuning.scope](input, jobs);
    await report.delivered();
    return found;
  });
}

async function tuneShared(input: TuneInput, jobs: JobRunner): Promise<Tuned> {
  const { context, folds, goal, batches } = input;
  const waves = new Waves(context, jobs, input);
  const trials = await waves.each(await waves.first(), folds.length, 'tune', (settings, step) =>
    raceSettings(context, jobs, `${step}/trial`, folds, settings, goal, batches),
  );
  return { trials, perFold: undefined, managed: undefined };
}

/**
 * Each fold chooses on its own, beginning with the same settings; then the winners are cross-validated, as the pipeline
 * says. Where all folds tried the same settings, what that needs was fitted already.
 */
async function tunePerFold(input: TuneInput, jobs: JobRunner): Promise<Tuned> {
  const { context, folds, tuning, goal, batches } = input;
  const { objective } = context.input.pipeline;
  const crossValidate = async (winners: readonly FoldWinner[]): Promise<Trial[]> => {
    const settings = winners.map(({ fold, setting }) => ({ ...setting, id: winnerId(fold) }));
    const fits = await runFits(context, jobs, 'tune/winner', folds, settings, batches);
    return trialsOf(settings, fits, folds.length, objective);
  };
  const waves = new Waves(context, jobs, input);
  const settings = await waves.first();
  const winners = await inWindow(folds, WINDOW, (fold) => winnerOn(input, jobs, waves, settings, fold));
  const first = bestWinner(winners, goal);
  const trials = await crossValidate(tuning.then === 'best' ? [first] : winners);
  const best = trials.find(({ setting }) => setting.id === winnerId(first.fold));
  return {
    trials,
    perFold: {
      winners,
      optimistic: optimisticMean(winners),
      best: tuning.then === 'each' ? undefined : best,
      each: tuning.then === 'best' ? [] : trials,
    },
    managed: undefined,
  };
}

async function winnerOn(
  { context, goal, batches }: TuneInput,
  jobs: JobRunner,
  waves: Waves,
  first: readonly Setting[],
  fold: SplitFold,
): Promise<FoldWinner> {
  const { objective } = context.input.pipeline;
  const tried = await waves.each(first, 1, `tune/fold-${fold.fold}`, async (settings, step) => {
    const fits = await runFits(context, jobs, step, [fold], settings, batches);
    return triedOn(fold.fold, settings, fits, objective);
  });
  return winnerOf(fold.fold, tried, goal);
}
