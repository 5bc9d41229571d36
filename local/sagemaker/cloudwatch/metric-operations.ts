import { ServiceError } from '../errors.ts';
import { compact, type Json, type JsonObject } from '../json.ts';
import type { Operations } from '../operations/operation.ts';
import type { Metric, MetricStore } from './metric-store.ts';
import { getMetricData, getMetricStatistics, listMetrics, parse, putMetricData } from './requests.ts';
import { samplesOf, statistic, type Sample } from './statistics.ts';

/** Metrics of one answer (ListMetrics' own limit), and datapoints of one of GetMetricStatistics. */
const METRICS_SHOWN = 500;
const DATAPOINTS_SHOWN = 1440;

/** CloudWatch's operations on metrics. */
export function metricOperations(metrics: MetricStore): Operations {
  return {
    PutMetricData(request) {
      const { Namespace, MetricData } = parse(putMetricData, request, 'InvalidParameterValue');
      metrics.record(
        MetricData.map((datum) => ({
          ...{ Namespace, MetricName: datum.MetricName, Dimensions: datum.Dimensions, unit: datum.Unit },
          time: datum.Timestamp ?? Date.now() / 1000,
          samples: samplesIn(datum),
        })),
      );
      return {};
    },
    GetMetricStatistics(request) {
      const asked = parse(getMetricStatistics, request, 'InvalidParameterValue');
      if (asked.StartTime >= asked.EndTime)
        throw new ServiceError('InvalidParameterValue', 'The parameter StartTime must be less than EndTime.');
      const names = [...asked.Statistics, ...asked.ExtendedStatistics];
      if (names.length === 0)
        throw new ServiceError('MissingParameter', 'Give Statistics or ExtendedStatistics: at least one of them.');
      const found = [...metrics.read(asked, rangeOf(asked, asked.Period), asked.Period, asked.Unit)];
      if (found.length > DATAPOINTS_SHOWN) {
        const words = `You have requested up to ${found.length} datapoints, which exceeds the limit of ${DATAPOINTS_SHOWN}.`;
        throw new ServiceError('InvalidParameterCombination', words);
      }
      return {
        Label: asked.MetricName,
        Datapoints: found.map(([time, { unit, samples }]): Json => {
          const valued = (of: readonly string[]): JsonObject =>
            Object.fromEntries(of.map((name) => [name, statistic(name, samples)]));
          const extended = asked.ExtendedStatistics;
          return {
            ...{ Timestamp: time, Unit: unit, ...valued(asked.Statistics) },
            ...(extended.length > 0 && { ExtendedStatistics: valued(extended) }),
          };
        }),
      };
    },
    GetMetricData(request) {
      const asked = parse(getMetricData, request);
      if (asked.StartTime >= asked.EndTime)
        throw new ServiceError('ValidationError', 'The parameter StartTime must be less than EndTime.');
      const results = asked.MetricDataQueries.filter(({ ReturnData }) => ReturnData).map(
        ({ Id, Label, MetricStat: { Metric: metric, Period, Stat, Unit } }): Json => {
          const found = [...metrics.read(metric, rangeOf(asked, Period), Period, Unit)];
          if (asked.ScanBy === 'TimestampDescending') found.reverse();
          return {
            ...{ Id, Label: Label ?? metric.MetricName, StatusCode: 'Complete' },
            Timestamps: found.map(([time]) => time),
            Values: found.map(([, { samples }]) => statistic(Stat, samples)),
          };
        },
      );
      return { MetricDataResults: results, Messages: [] };
    },
    ListMetrics(request) {
      const asked = parse(listMetrics, request, 'InvalidParameterValue');
      const found = metrics
        .list()
        .filter(
          (metric) =>
            (asked.Namespace ?? metric.Namespace) === metric.Namespace &&
            (asked.MetricName ?? metric.MetricName) === metric.MetricName &&
            asked.Dimensions.every(({ Name, Value }) =>
              metric.Dimensions.some((each) => each.Name === Name && each.Value === (Value ?? each.Value)),
            ),
        );
      const start = Number(asked.NextToken ?? 0);
      const end = start + METRICS_SHOWN;
      return compact({
        Metrics: found.slice(start, end).map(describe),
        NextToken: end < found.length ? String(end) : undefined,
      });
    },
  };
}

function describe({ Namespace, MetricName, Dimensions }: Metric): Json {
  return { Namespace, MetricName, Dimensions: Dimensions.map(({ Name, Value }): Json => ({ Name, Value })) };
}

/** Whole periods: one that begins before StartTime counts from its own start. */
function rangeOf(
  { StartTime, EndTime }: { readonly StartTime: number; readonly EndTime: number },
  period: number,
): { from: number; to: number } {
  return { from: Math.floor(StartTime / period) * period, to: EndTime };
}

function samplesIn({
  Value,
  Values = [],
  Counts,
  StatisticValues,
}: ReturnType<typeof putMetricData.parse>['MetricData'][number]): Sample[] {
  if (StatisticValues !== undefined) return samplesOf(StatisticValues);
  if (Value !== undefined) return [{ value: Value, count: 1 }];
  return Values.map((value, index) => ({ value, count: Counts?.[index] ?? 1 }));
}
