import { PARALLEL, STARTUP, suggesterOf, wavesOf } from './sampling.ts';
import type { SearchPlan } from './search.ts';

/** Of each algorithm: what is suggested passes through Temporal, which takes 2 MB at a time. */
const TRIALS_LIMIT = 1000;
/** Waves times folds: each is a round of jobs, and a run's history (51,200 events at most) has to hold them. */
const ROUNDS_LIMIT = 1000;
/** Waves times trials times studies: each wave is told of the trials before it, and a history has 50 MB at most. */
const TOLD_LIMIT = 200_000;

/** Where a tuning does not fit its sampler. */
interface Conflict {
  readonly field: 'parallel' | 'trials';
  readonly message: string;
}

/** How wide a tuning is. */
interface Width {
  /** As many as are known before the split. */
  readonly folds: number;
  /** What is learned side by side: algorithms, and of each the folds where these tune on their own. */
  readonly studies: number;
}

/** What of a tuning does not fit its sampler; nothing where none of ours is asked: settings are given by hand, or SageMaker searches. */
export function samplingConflicts(tuning: SearchPlan['tuning'], { folds, studies }: Width): Conflict[] {
  const { sampler, scope, settings, trials, parallel } = tuning;
  if (settings !== undefined || scope === 'managed') return [];
  if (parallel !== undefined && sampler !== 'bayesian')
    return refuse(
      'parallel',
      `${parallel} with sampler ${sampler}`,
      'with sampler bayesian, which learns in waves, or with scope managed',
    );

  const most = sampler === 'bayesian' ? Math.min(TRIALS_LIMIT, Math.floor(TOLD_LIMIT / 2 / studies)) : TRIALS_LIMIT;
  if (suggesterOf(tuning) !== undefined && trials > most)
    return refuse('trials', String(trials), `at most ${most} of each algorithm with sampler ${sampler}`);
  if (sampler !== 'bayesian') return [];

  const size = parallel ?? PARALLEL;
  const drawn = size * Math.ceil(STARTUP / size);
  if (trials <= drawn) {
    const why = `as waves are drawn at random until ${STARTUP} settings are scored`;
    return refuse('trials', `${trials} in waves of ${size}`, `more than ${drawn} with sampler bayesian, ${why}`);
  }
  const waves = wavesOf(tuning).length;
  const mostWaves = Math.floor(Math.min(ROUNDS_LIMIT / folds, TOLD_LIMIT / (trials * studies)));
  if (waves > mostWaves) {
    const least = Math.ceil(trials / mostWaves);
    return refuse('parallel', `${size}, which makes ${waves} waves`, `at least ${least} for ${trials} trials`);
  }
  return [];
}

function refuse(field: Conflict['field'], found: string, allowed: string): Conflict[] {
  return [{ field, message: `found ${found}; allowed: ${allowed}` }];
}
