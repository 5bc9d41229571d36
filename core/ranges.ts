import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { z } from 'zod';
import type { Hyperparameters, HyperparameterValue, Setting } from './setting.ts';
import { hyperparameterValue } from './setting.ts';

const scaling = z.enum(['auto', 'linear', 'logarithmic', 'reverse-logarithmic']);

const continuous = z
  .strictObject({ type: z.literal('continuous'), min: z.number(), max: z.number(), scaling: scaling.default('auto') })
  .describe('Any number from min to max.');

const integer = z
  .strictObject({
    type: z.literal('integer'),
    min: z.int(),
    max: z.int(),
    scaling: z.enum(['auto', 'linear', 'logarithmic']).default('auto'),
  })
  .describe('A whole number from min to max, both included.');

const categorical = z
  .strictObject({ type: z.literal('categorical'), values: z.array(hyperparameterValue).min(1).max(30) })
  .describe('One of the values.');

/** A range of values for one hyperparameter, in the terms of SageMaker's tuning jobs. */
export const range = z.discriminatedUnion('type', [continuous, integer, categorical]).superRefine((value, context) => {
  if (value.type === 'categorical') return;
  const refuse = (path: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [path], message });
  };
  if (value.min >= value.max) refuse('max', `found ${value.max}; allowed: more than min (${value.min})`);
  if (value.scaling === 'logarithmic' && value.min <= 0) {
    refuse('min', `found ${value.min}; allowed with scaling logarithmic: more than 0`);
  }
  if (value.scaling === 'reverse-logarithmic' && (value.min < 0 || value.max >= 1)) {
    refuse('scaling', 'found reverse-logarithmic; allowed where min is 0 or more and max is less than 1');
  }
});
export type Range = z.infer<typeof range>;
export type Ranges = Readonly<Record<string, Range>>;

/** Maps a number between two bounds to the scale on which it is drawn evenly, and back. */
const SCALES = {
  linear: { to: (x: number) => x, from: (x: number) => x },
  logarithmic: { to: Math.log, from: Math.exp },
  'reverse-logarithmic': { to: (x: number) => -Math.log1p(-x), from: (x: number) => -Math.expm1(-x) },
} as const;

type Bounded = Exclude<Range, { type: 'categorical' }>;
type Scaling = keyof typeof SCALES;

/** A range that says its scaling. */
export type ExplicitRange =
  Exclude<Range, Bounded> | (Pick<Bounded, 'type' | 'min' | 'max'> & { readonly scaling: Scaling });

/** The range with the scaling that `auto` means: logarithmic where a positive range spans three orders of magnitude or more. */
export function withScaling(value: Range): ExplicitRange {
  return value.type === 'categorical' ? value : { ...value, scaling: scalingOf(value) };
}

/** The scale that a range is drawn on. */
export function scalingOf({ scaling, min, max }: Bounded): Scaling {
  if (scaling !== 'auto') return scaling;
  return min > 0 && max / min >= 1000 ? 'logarithmic' : 'linear';
}

function draw(value: Range, unit: number): HyperparameterValue {
  if (value.type === 'categorical') return value.values[Math.floor(unit * value.values.length)] ?? null;
  const scale = SCALES[scalingOf(value)];
  // A whole number owns the half-open interval around it, so that both ends are as likely as the middle.
  const margin = value.type === 'integer' && scale === SCALES.linear ? 0.5 : 0;
  const [low, high] = [scale.to(value.min - margin), scale.to(value.max + margin)];
  const drawn = scale.from(low + unit * (high - low));
  const rounded = value.type === 'integer' ? Math.round(drawn) : drawn;
  return Math.min(value.max, Math.max(value.min, rounded));
}

/**
 * What random settings are drawn with: the Mersenne Twister (Matsumoto and Nishimura, ACM Transactions on Modeling and
 * Computer Simulation 8, 1998). The first numbers of xoroshiro128plus are nearly the same for all small seeds: it is
 * here for the runs that began with it.
 */
const GENERATORS = { mersenne, xoroshiro128plus };
export type Generator = keyof typeof GENERATORS;

/**
 * Random search: `count` settings of one algorithm, each hyperparameter with a range drawn independently.
 * The same seed gives the same settings, and more trials extend fewer.
 *
 * Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13 (2012).
 */
export function randomSettings(
  algorithm: string,
  fixed: Hyperparameters,
  ranges: Ranges,
  count: number,
  seed: number,
  generator: Generator = 'mersenne',
): Setting[] {
  const state = GENERATORS[generator](seed);
  const names = Object.keys(ranges).sort();
  return Array.from({ length: count }, (_, index) => {
    const drawn: Record<string, HyperparameterValue> = { ...fixed };
    for (const name of names) {
      const value = ranges[name];
      if (value !== undefined) drawn[name] = draw(value, uniformFloat64(state));
    }
    return { id: trialId(index), algorithm, hyperparameters: drawn };
  });
}

/** The most settings of a grid. */
export const GRID_LIMIT = 10_000;

/** How many settings a grid over these ranges has; a continuous one has no end. */
export function gridSize(ranges: Ranges): number {
  return Object.values(ranges).reduce((size, value) => size * valuesOf(value).length, 1);
}

/** Every combination of the values of categorical and integer ranges, the first name changing slowest. */
export function gridSettings(algorithm: string, fixed: Hyperparameters, ranges: Ranges): Setting[] {
  let all: Hyperparameters[] = [fixed];
  for (const name of Object.keys(ranges).sort()) {
    const value = ranges[name];
    if (value === undefined) continue;
    all = all.flatMap((each) => valuesOf(value).map((one) => ({ ...each, [name]: one })));
  }
  return all.map((hyperparameters, index) => ({ id: trialId(index), algorithm, hyperparameters }));
}

/** The values of a categorical or integer range, as far as a grid may need them; none of a continuous one. */
export function valuesOf(value: Range): readonly HyperparameterValue[] {
  switch (value.type) {
    case 'categorical':
      return value.values;
    case 'integer':
      return Array.from(
        { length: Math.min(value.max - value.min + 1, GRID_LIMIT + 1) },
        (_, index) => value.min + index,
      );
    case 'continuous':
      return [];
  }
}

/** The id of the trial at a place of a search, from 0. */
export function trialId(index: number): string {
  return `trial-${String(index + 1).padStart(3, '0')}`;
}
