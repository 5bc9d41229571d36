import { gridSettings, randomSettings, trialId, type Generator, type Ranges } from './ranges.ts';
import type { Hyperparameters, Setting } from './setting.ts';

/** The samplers that a job has to be asked for: they are Optuna's. */
export const SUGGESTERS = ['sobol', 'bayesian'] as const;
export type Suggester = (typeof SUGGESTERS)[number];

/** How settings are drawn. */
export const SAMPLERS = ['random', 'grid', ...SUGGESTERS] as const;

/** What of a pipeline decides which settings are tried. */
export interface SearchPlan {
  readonly algorithms: Readonly<
    Record<string, { readonly hyperparameters: Hyperparameters; readonly ranges: Ranges } | undefined>
  >;
  readonly tuning: {
    readonly trials: number;
    readonly parallel?: number | undefined;
    readonly scope?: string | undefined;
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

/** Settings with the winner of an earlier run before them, where its algorithm has ranges, and settings are not given by hand. */
export function beginningWith(
  earlier: Omit<Setting, 'id'> | undefined,
  { algorithms, tuning }: SearchPlan,
  drawn: readonly Omit<Setting, 'id'>[],
): Setting[] {
  const isTried = earlier !== undefined && tuning.settings === undefined && hasRanges(earlier.algorithm, algorithms);
  return numbered([...(isTried ? [earlier] : []), ...drawn], 0);
}

/**
 * The settings to try: those given by hand, or else drawn for each of the algorithms to tune.
 *
 * @param earlier the winner of an earlier run: tried first
 * @param generator what random settings are drawn with
 * @throws RangeError for a sampler that a job has to be asked for
 */
export function settingsToTry(
  plan: SearchPlan,
  bases: readonly Setting[],
  seed: number,
  earlier?: Omit<Setting, 'id'>,
  generator?: Generator,
): Setting[] {
  const { algorithms, tuning } = plan;
  const drawn =
    tuning.settings?.map(({ algorithm, hyperparameters }) => ({
      algorithm,
      hyperparameters: { ...algorithms[algorithm]?.hyperparameters, ...hyperparameters },
    })) ??
    bases.flatMap(({ algorithm, hyperparameters }) => {
      const ranges = algorithms[algorithm]?.ranges ?? {};
      switch (tuning.sampler) {
        case 'grid':
          return gridSettings(algorithm, hyperparameters, ranges);
        case 'random':
          return randomSettings(algorithm, hyperparameters, ranges, tuning.trials, seed, generator);
        case 'sobol':
        case 'bayesian':
          throw new RangeError(`a job suggests the settings of sampler ${tuning.sampler}`);
      }
    });
  return beginningWith(earlier, plan, drawn);
}

/** Settings as the trials of a search, named by their places in it; `before` is how many came before them. */
export function numbered(settings: readonly Omit<Setting, 'id'>[], before: number): Setting[] {
  return settings.map(({ algorithm, hyperparameters }, index) => ({
    ...{ id: trialId(before + index), algorithm, hyperparameters },
  }));
}
