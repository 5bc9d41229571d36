import { CrossfoldError } from './errors.ts';
import type { TuningSpec } from './jobs.ts';
import { inputsKey, type ManagedSearch, type Unscored } from './managed.ts';
import { trialId } from './ranges.ts';
import type { FitResult, TunedTraining } from './results.ts';
import type { JobRecord } from './run.ts';
import { racedTrials, type Trial } from './scores.ts';
import type { Setting } from './setting.ts';

/** A spread needs two scores. */
const FEWEST_FOLDS = 2;

/** A tuning job with what its training jobs left. */
export interface TunedSearch {
  readonly spec: TuningSpec<'tuning'>;
  /** The tuning job: this run's, or that of an earlier one. */
  readonly job: string;
  readonly output: string;
  readonly reused: boolean;
  readonly trainings: readonly TunedTraining[];
}

/**
 * The trials of a tuning job, in the order of its training jobs. One that was stopped early has the folds up to there.
 *
 * @param before how many trials there are already
 * @throws CrossfoldError JobFailed where no training job has scored all folds
 */
export function managedTrials({ spec, job, trainings }: TunedSearch, before: number): Trial[] {
  const scored = trainings.filter(isScored);
  if (!scored.some(({ fits }) => fits.length === spec.epochs)) {
    const reasons = unscoredOf(spec, trainings).map(({ reason }) => reason);
    throw new CrossfoldError(
      'JobFailed',
      `${spec.step}: none of the ${trainings.length} training jobs of the tuning job ${job} has scored all ` +
        `${spec.epochs} folds: ${reasons[0] ?? 'all were stopped early'}`,
    );
  }
  const settings = scored.map(({ fits }, index) => settingOf(fits, trialId(before + index)));
  const fits = scored.flatMap((training, index) =>
    training.fits.map((fit) => ({ ...fit, setting: trialId(before + index) })),
  );
  return racedTrials(settings, fits, spec.objective.metric);
}

function settingOf(fits: readonly FitResult[], id: string): Setting {
  const [first] = fits;
  if (first === undefined) throw new RangeError(`${id} has no fit`);
  return { id, algorithm: first.algorithm, hyperparameters: first.hyperparameters };
}

function isScored({ status, fits }: TunedTraining): boolean {
  return status !== 'Failed' && fits.length >= FEWEST_FOLDS;
}

/** The training jobs as the run lists its jobs. */
export function trainingRecords({ spec, output, reused, trainings }: TunedSearch): JobRecord[] {
  return trainings.map(({ job, created, startup, seconds, working_seconds, fits, status }, index) => ({
    name: job,
    kind: 'training',
    step: `${spec.step}/trial-${index + 1}`,
    created: reused ? null : created,
    startup: reused ? 0 : startup,
    seconds: reused ? 0 : seconds,
    working: reused ? 0 : working_seconds,
    output,
    fits: status === 'Failed' ? 0 : fits.length,
    reused,
  }));
}

/** A tuning job for the report. */
export function managedSearch({ spec, job, trainings }: TunedSearch): ManagedSearch {
  return {
    algorithm: spec.step.slice(spec.step.lastIndexOf('/') + 1),
    job,
    inputs: inputsKey(spec.inputs, spec.machine.image),
    strategy: spec.strategy,
    searched: Object.keys(spec.ranges).sort(),
    warmStart: spec.warmStart,
    trainings: trainings.length,
    stoppedEarly: trainings.filter(({ status, fits }) => status === 'Stopped' && fits.length < spec.epochs).length,
    unscored: unscoredOf(spec, trainings),
  };
}

function unscoredOf({ epochs }: TunedSearch['spec'], trainings: readonly TunedTraining[]): Unscored[] {
  return trainings
    .filter((training) => !isScored(training))
    .map(({ job, searched, status, reason, fits }) => ({
      job,
      searched,
      reason:
        status === 'Stopped'
          ? `stopped early, after ${fits.length} of ${epochs} folds`
          : (reason ?? 'completed without a result'),
    }));
}
