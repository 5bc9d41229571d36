import { z } from 'zod';
import { ServiceError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { ALARM_STATES, COMPARISONS, MISSING_DATA } from './evaluation.ts';
import { isStatistic } from './statistics.ts';

/** Periods are multiples of a minute, or one of these for metrics of high resolution: seconds. */
const SHORT_PERIODS = [1, 5, 10, 20, 30];
/** The shortest periods of alarms, seconds. */
const SHORT_ALARM_PERIODS = [10, 20, 30];
/** An alarm looks back a day at most: seconds. */
const LONGEST_LOOK_S = 86_400;

const text = z.string().min(1).max(255);
const dimensions = z
  .array(z.object({ Name: text, Value: z.string().min(1).max(1024) }))
  .max(30)
  .default([]);
const period = z.int().refine((seconds) => SHORT_PERIODS.includes(seconds) || (seconds > 0 && seconds % 60 === 0), {
  error: `is none of ${SHORT_PERIODS.join(', ')} and no multiple of 60`,
});
const statisticName = z.string().refine(isStatistic, {
  error: 'is not supported here: SampleCount, Sum, Average, Minimum, Maximum and percentiles as p99.9 are',
});
const actions = z.array(z.string()).max(5).optional();

/** PutMetricAlarm's request, of a metric and no expression. */
export const alarmDefinition = z
  .strictObject({
    AlarmName: text,
    AlarmDescription: z.string().max(1024).optional(),
    ActionsEnabled: z.boolean().default(true),
    ...{ OKActions: actions, AlarmActions: actions, InsufficientDataActions: actions },
    ...{ MetricName: text, Namespace: text, Dimensions: dimensions, Unit: z.string().optional() },
    Statistic: z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']).optional(),
    ExtendedStatistic: statisticName.optional(),
    Period: z.int().refine((seconds) => SHORT_ALARM_PERIODS.includes(seconds) || (seconds > 0 && seconds % 60 === 0), {
      error: `is none of ${SHORT_ALARM_PERIODS.join(', ')} and no multiple of 60`,
    }),
    EvaluationPeriods: z.int().min(1),
    DatapointsToAlarm: z.int().min(1).optional(),
    Threshold: z.number(),
    ComparisonOperator: z.enum(COMPARISONS),
    TreatMissingData: z.enum(MISSING_DATA).optional(),
    Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
  })
  .refine((alarm) => (alarm.Statistic === undefined) !== (alarm.ExtendedStatistic === undefined), {
    error: 'exactly one of Statistic and ExtendedStatistic has to be given',
  })
  .refine((alarm) => (alarm.DatapointsToAlarm ?? 1) <= alarm.EvaluationPeriods, {
    error: 'DatapointsToAlarm must be less than or equal to EvaluationPeriods',
  })
  .refine((alarm) => alarm.Period * alarm.EvaluationPeriods <= LONGEST_LOOK_S, {
    error: `Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= ${LONGEST_LOOK_S})`,
  });
export type AlarmDefinition = z.infer<typeof alarmDefinition>;

export const describeAlarms = z.strictObject({
  AlarmNames: z.array(z.string()).max(100).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: z.array(z.string()).optional(),
  StateValue: z.enum(ALARM_STATES).optional(),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().regex(/^\d+$/).optional(),
});
export const deleteAlarms = z.strictObject({ AlarmNames: z.array(z.string()).max(100) });
export const setAlarmState = z.strictObject({
  AlarmName: text,
  StateValue: z.enum(ALARM_STATES),
  StateReason: z.string().max(1023),
  StateReasonData: z.string().max(4000).optional(),
});

export const putMetricData = z.strictObject({
  Namespace: text.regex(/^(?!:|AWS\/)/, { error: 'must not begin with ":" or "AWS/", which is for AWS itself' }),
  MetricData: z
    .array(
      z
        .strictObject({
          MetricName: text,
          Dimensions: dimensions,
          Timestamp: z.number().optional(),
          Value: z.number().optional(),
          Values: z.array(z.number()).max(150).optional(),
          Counts: z.array(z.number()).max(150).optional(),
          StatisticValues: z
            .object({ SampleCount: z.number(), Sum: z.number(), Minimum: z.number(), Maximum: z.number() })
            .optional(),
          Unit: z.string().default('None'),
          StorageResolution: z.int().optional(),
        })
        .refine(
          ({ Value, Values, StatisticValues }) =>
            [Value, Values, StatisticValues].filter((each) => each !== undefined).length === 1,
          { error: 'exactly one of Value, Values and StatisticValues has to be given' },
        )
        .refine(({ Values, Counts }) => Counts === undefined || Counts.length === Values?.length, {
          error: 'Counts has to be as long as Values',
        }),
    )
    .max(1000),
});

const metric = z.object({ Namespace: text, MetricName: text, Dimensions: dimensions });
const range = { StartTime: z.number(), EndTime: z.number() };

export const getMetricStatistics = z.strictObject({
  ...{ Namespace: text, MetricName: text, Dimensions: dimensions, ...range, Period: period },
  Statistics: z.array(statisticName).max(5).default([]),
  ExtendedStatistics: z.array(statisticName).max(10).default([]),
  Unit: z.string().optional(),
});
export const getMetricData = z.strictObject({
  MetricDataQueries: z
    .array(
      z.strictObject({
        Id: z.string().regex(/^[a-z]\w*$/),
        MetricStat: z.object({ Metric: metric, Period: period, Stat: statisticName, Unit: z.string().optional() }),
        Label: z.string().optional(),
        ReturnData: z.boolean().default(true),
      }),
    )
    .min(1)
    .max(500),
  ...range,
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
  MaxDatapoints: z.int().optional(),
  LabelOptions: z.object({}).optional(),
});
export const listMetrics = z.strictObject({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string().optional() })).default([]),
  NextToken: z.string().regex(/^\d+$/).optional(),
  RecentlyActive: z.string().optional(),
});

/**
 * The request as its schema has it.
 *
 * @param code what CloudWatch's operation calls a bad value
 * @throws ServiceError that names the member
 */
export function parse<T>(
  schema: z.ZodType<T>,
  request: JsonObject,
  code: 'ValidationError' | 'InvalidParameterValue' = 'ValidationError',
): T {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // What is not known here explains best why something else is missing.
  const issue = issues.find((each) => each.code === 'unrecognized_keys') ?? issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? `${issue.keys.join(', ')} is not supported here` : undefined;
  const path = issue?.path.join('.') ?? '';
  throw new ServiceError(code, `${path}${path === '' ? '' : ': '}${unknown ?? issue?.message ?? ''}`);
}
