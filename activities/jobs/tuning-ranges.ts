import type { ContinuousParameterRange, ParameterRanges } from '@aws-sdk/client-sagemaker';
import { scalingOf, valuesOf, type Range, type Ranges } from '../../core/ranges.ts';

type Scaling = NonNullable<ContinuousParameterRange['ScalingType']>;

const SCALINGS: Readonly<Record<ReturnType<typeof scalingOf>, Scaling>> = {
  linear: 'Linear',
  logarithmic: 'Logarithmic',
  'reverse-logarithmic': 'ReverseLogarithmic',
};

/**
 * Ranges as SageMaker's tuning jobs take them, with the scale that crossfold's own searches draw on. Categories are JSON, so that
 * numbers, texts, true, false and null stay what they are.
 *
 * @param grid whether integers are listed: a grid takes categories alone
 */
export function parameterRanges(ranges: Ranges, grid: boolean): ParameterRanges {
  const named = Object.entries(ranges).sort(([a], [b]) => (a < b ? -1 : 1));
  const numeric = (type: 'integer' | 'continuous'): ContinuousParameterRange[] =>
    named.flatMap(([name, range]) => (range.type === type && !grid ? [numericRange(name, range)] : []));
  return {
    IntegerParameterRanges: numeric('integer'),
    ContinuousParameterRanges: numeric('continuous'),
    CategoricalParameterRanges: named.flatMap(([Name, range]) =>
      range.type === 'categorical' || grid
        ? [{ Name, Values: valuesOf(range).map((value) => JSON.stringify(value)) }]
        : [],
    ),
  };
}

function numericRange(Name: string, range: Exclude<Range, { type: 'categorical' }>): ContinuousParameterRange {
  return {
    Name,
    MinValue: String(range.min),
    MaxValue: String(range.max),
    ScalingType: SCALINGS[scalingOf(range)],
  };
}
