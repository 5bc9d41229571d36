import { PARALLEL, STARTUP, wavesOf } from './sampling.ts';
import type { SearchPlan } from './search.ts';

/** Optuna's sampler and a run's history grow with the trials. */
const TRIALS_LIMIT = 1000;
/** Waves times folds: each is a round of jobs, and a run's history (Temporal's limit is 51,200 events) has to hold them. */
const ROUNDS_LIMIT = 1000;

/** Where a tuning does not fit its sampler. */
interface Conflict {
  readonly field: 'parallel' | 'trials';
  readonly message: string;
}

/** @param folds as many as are known before the split */
export function samplingConflicts(tuning: SearchPlan['tuning'], folds: number): Conflict[] {
  const { sampler, settings, trials, parallel } = tuning;
  if (settings !== undefined) return [];
  if (sampler !== 'bayesian') {
    const message = `found ${parallel ?? 0} with sampler ${sampler}; allowed with sampler bayesian, the one that learns from earlier trials`;
    return parallel === undefined ? [] : [{ field: 'parallel', message }];
  }
  if (trials > TRIALS_LIMIT)
    return [{ field: 'trials', message: `found ${trials}; allowed with sampler bayesian: at most ${TRIALS_LIMIT}` }];
  const size = parallel ?? PARALLEL;
  const drawn = size * Math.ceil(STARTUP / size);
  if (trials <= drawn) {
    const message =
      `found ${trials} in waves of ${size}; allowed with sampler bayesian: more than ${drawn}, ` +
      `as waves are drawn at random until ${STARTUP} settings are scored`;
    return [{ field: 'trials', message }];
  }
  const waves = wavesOf(tuning).length;
  if (waves * folds > ROUNDS_LIMIT) {
    const least = Math.ceil(trials / Math.floor(ROUNDS_LIMIT / folds));
    const message = `found ${size}: ${waves} waves over ${folds} folds; allowed for ${trials} trials: at least ${least}`;
    return [{ field: 'parallel', message }];
  }
  return [];
}
