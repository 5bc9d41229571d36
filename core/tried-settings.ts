import { sum } from 'simple-statistics';
import type { Pipeline } from './pipeline.ts';
import { gridSize, trialId, type Range } from './ranges.ts';
import { wavesOf } from './sampling.ts';
import type { HyperparameterValue, Setting } from './setting.ts';

type Tuning = NonNullable<Pipeline['tuning']>;

/** The most settings that tuning tries, for the algorithms that it can come to. */
export function mostSettings({ tuning, algorithms }: Pick<Pipeline, 'tuning' | 'algorithms'>): number {
  if (tuning === undefined) return 0;
  return tuning.settings?.length ?? sum(triedSettings(tuning, algorithms));
}

/** The most settings that are tried together: a sampler that learns from scores tries them in waves. */
export function mostTogether(tuning: Tuning, algorithms: Pipeline['algorithms']): number {
  const [trials = 0] = wavesOf(tuning);
  return mostSettings({ tuning: { ...tuning, trials }, algorithms });
}

/** The most settings that are tried of each tuned algorithm. */
export function triedSettings(tuning: Tuning, algorithms: Pipeline['algorithms']): number[] {
  const isGrid = tuning.sampler === 'grid' || tuning.strategy === 'grid';
  const sizes = Object.values(algorithms)
    .filter(({ ranges }) => Object.keys(ranges).length > 0)
    .map(({ ranges }) => (isGrid ? gridSize(ranges) : tuning.trials))
    .sort((a, b) => b - a);
  const tuned = tuning.tune === 'all' ? sizes.length : tuning.tune === 'best' ? 1 : Number(tuning.tune.slice(4));
  return sizes.slice(0, tuned);
}

/** A setting as long as any that tuning can try, as JSON. */
export function longestSetting(tuning: Tuning, algorithms: Pipeline['algorithms']): Setting {
  const drawn = Object.entries(algorithms).map(([algorithm, { hyperparameters, ranges }]) => ({
    algorithm,
    hyperparameters: {
      ...hyperparameters,
      ...Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, longestValue(range)])),
    },
  }));
  const given = tuning.settings?.map(({ algorithm, hyperparameters }) => ({
    algorithm,
    hyperparameters: { ...algorithms[algorithm]?.hyperparameters, ...hyperparameters },
  }));
  return { id: trialId(9999), ...longest(given ?? drawn, { algorithm: '', hyperparameters: {} }) };
}

/** No number is longer as JSON: 17 digits after the zeros of one that is not yet written with an exponent. */
const LONGEST_NUMBER = -1.234_567_890_123_456_7e-6;

function longestValue(range: Range): HyperparameterValue {
  switch (range.type) {
    case 'categorical':
      return longest(range.values, null);
    case 'integer':
      return longest([range.min, range.max], range.max);
    case 'continuous':
      return LONGEST_NUMBER;
  }
}

function longest<T>(values: readonly T[], first: T): T {
  const length = (value: T): number => JSON.stringify(value).length;
  return values.reduce((most, value) => (length(value) > length(most) ? value : most), first);
}
