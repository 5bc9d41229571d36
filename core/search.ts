import { gridSettings, randomSettings, trialId, type Ranges } from './ranges.ts';
import type { Hyperparameters, Setting } from './setting.ts';

/** How settings are drawn. */
export const SAMPLERS = ['random', 'grid'] as const;

/** What of a pipeline decides which settings are tried. */
export interface SearchPlan {
  readonly algorithms: Readonly<
    Record<string, { readonly hyperparameters: Hyperparameters; readonly ranges: Ranges } | undefined>
  >;
  readonly tuning: {
    readonly trials: number;
    readonly sampler: (typeof SAMPLERS)[number];
    readonly settings?:
      readonly { readonly algorithm: string; readonly hyperparameters: Hyperparameters }[] | undefined;
  };
}

/**
 * The algorithms to tune, of those that have ranges.
 *
 * @param ranked the base settings, the best first
 * @param tune `best`, `all` or `top-<n>`. The best is tuned or none: a worse algorithm with ranges does not stand in for it
 */
export function algorithmsToTune(
  ranked: readonly Setting[],
  tune: string,
  { algorithms }: Pick<SearchPlan, 'algorithms'>,
): Setting[] {
  const count = tune === 'all' ? ranked.length : tune === 'best' ? 1 : Number(tune.slice('top-'.length));
  return ranked.slice(0, count).filter(({ algorithm }) => hasRanges(algorithm, algorithms));
}

function hasRanges(algorithm: string, algorithms: SearchPlan['algorithms']): boolean {
  return Object.keys(algorithms[algorithm]?.ranges ?? {}).length > 0;
}

/**
 * The settings to try: those given by hand, or else drawn for each of the algorithms to tune.
 *
 * @param earlier the winner of an earlier run: tried first, where its algorithm has ranges
 */
export function settingsToTry(
  { algorithms, tuning }: SearchPlan,
  bases: readonly Setting[],
  seed: number,
  earlier?: Omit<Setting, 'id'>,
): Setting[] {
  const isTried = earlier !== undefined && tuning.settings === undefined && hasRanges(earlier.algorithm, algorithms);
  const drawn =
    tuning.settings?.map(({ algorithm, hyperparameters }) => ({
      algorithm,
      hyperparameters: { ...algorithms[algorithm]?.hyperparameters, ...hyperparameters },
    })) ??
    bases.flatMap(({ algorithm, hyperparameters }) => {
      const ranges = algorithms[algorithm]?.ranges ?? {};
      return tuning.sampler === 'grid'
        ? gridSettings(algorithm, hyperparameters, ranges)
        : randomSettings(algorithm, hyperparameters, ranges, tuning.trials, seed);
    });
  return [...(isTried ? [earlier] : []), ...drawn].map(({ algorithm, hyperparameters }, index) => ({
    ...{ id: trialId(index), algorithm, hyperparameters },
  }));
}
