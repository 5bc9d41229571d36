import { expect, test } from 'vitest';
import { parameterRanges } from '../../activities/jobs/tuning-ranges.ts';
import type { Ranges } from '../../core/ranges.ts';

const RANGES: Ranges = {
  depth: { type: 'integer', min: 2, max: 4, scaling: 'auto' },
  penalty: { type: 'categorical', values: ['l2', null, true, 1, 0.5] },
};

test('ranges keep their scale, and categories their types', () => {
  const continuous = {
    wide: { type: 'continuous', min: 0.001, max: 10, scaling: 'auto' },
    share: { type: 'continuous', min: 0, max: 0.9, scaling: 'reverse-logarithmic' },
  } as const;
  expect(parameterRanges({ ...RANGES, ...continuous }, false)).toEqual({
    IntegerParameterRanges: [{ Name: 'depth', MinValue: '2', MaxValue: '4', ScalingType: 'Linear' }],
    ContinuousParameterRanges: [
      { Name: 'share', MinValue: '0', MaxValue: '0.9', ScalingType: 'ReverseLogarithmic' },
      { Name: 'wide', MinValue: '0.001', MaxValue: '10', ScalingType: 'Logarithmic' },
    ],
    CategoricalParameterRanges: [{ Name: 'penalty', Values: ['"l2"', 'null', 'true', '1', '0.5'] }],
  });
});

test('a grid has categories alone', () => {
  expect(parameterRanges(RANGES, true)).toEqual({
    IntegerParameterRanges: [],
    ContinuousParameterRanges: [],
    CategoricalParameterRanges: [
      { Name: 'depth', Values: ['2', '3', '4'] },
      { Name: 'penalty', Values: ['"l2"', 'null', 'true', '1', '0.5'] },
    ],
  });
});
