import { z } from 'zod';
import { validation } from '../errors.ts';

const scaled = z.object({
  Name: z.string(),
  MinValue: z.string(),
  MaxValue: z.string(),
  ScalingType: z.enum(['Auto', 'Linear', 'Logarithmic', 'ReverseLogarithmic']).default('Auto'),
});

/** SageMaker's ParameterRanges; bounds are texts, as on the wire. */
export const parameterRanges = z.object({
  IntegerParameterRanges: z.array(scaled).default([]),
  ContinuousParameterRanges: z.array(scaled).default([]),
  CategoricalParameterRanges: z.array(z.object({ Name: z.string(), Values: z.array(z.string()).min(1) })).default([]),
  AutoParameters: z.array(z.unknown()).max(0, 'ranges that AWS chooses by itself are not supported').optional(),
});
export type ParameterRanges = z.infer<typeof parameterRanges>;
type Scaled = z.infer<typeof scaled>;

/** The names of the hyperparameters that are searched. */
export function searched(ranges: ParameterRanges): string[] {
  const { IntegerParameterRanges, ContinuousParameterRanges, CategoricalParameterRanges } = ranges;
  return [...IntegerParameterRanges, ...ContinuousParameterRanges, ...CategoricalParameterRanges].map(
    ({ Name }) => Name,
  );
}

/** How many combinations categorical ranges have. */
export function combinations({ CategoricalParameterRanges }: ParameterRanges): number {
  return CategoricalParameterRanges.reduce((product, { Values }) => product * Values.length, 1);
}

/**
 * Refuses ranges that cannot be searched.
 *
 * @throws ServiceError ValidationException that names the hyperparameter
 */
export function requireSearchable(ranges: ParameterRanges): void {
  const names = searched(ranges);
  if (names.length === 0) throw validation('A search needs at least one hyperparameter with a range.');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw validation(`The hyperparameter "${twice}" has two ranges; give it one.`);
  for (const range of ranges.IntegerParameterRanges) {
    if (range.ScalingType === 'ReverseLogarithmic') refuse(range, 'ReverseLogarithmic is for continuous ranges alone');
    const [low, high] = bounds(range);
    if (!Number.isInteger(low) || !Number.isInteger(high)) refuse(range, 'its bounds must be whole numbers');
  }
  for (const range of ranges.ContinuousParameterRanges) {
    const [low, high] = bounds(range);
    if (range.ScalingType === 'ReverseLogarithmic' && (low < 0 || high >= 1))
      refuse(range, 'ReverseLogarithmic needs 0 <= MinValue <= MaxValue < 1');
  }
}

function bounds(range: Scaled): [number, number] {
  const [low, high] = [Number(range.MinValue), Number(range.MaxValue)];
  if (!Number.isFinite(low) || !Number.isFinite(high)) refuse(range, 'its bounds must be numbers');
  if (low > high) refuse(range, 'MinValue must not be greater than MaxValue');
  if (range.ScalingType === 'Logarithmic' && low <= 0) refuse(range, 'Logarithmic needs a MinValue above 0');
  return [low, high];
}

function refuse({ Name, MinValue, MaxValue }: Scaled, why: string): never {
  throw validation(`The range ${MinValue} to ${MaxValue} of the hyperparameter "${Name}" cannot be searched: ${why}.`);
}
