import { canonical } from '../content-key.ts';
import type { Trial } from '../scores.ts';
import { shownValue, type HyperparameterValue } from '../setting.ts';

/** One axis of a parallel-coordinates chart: what its ends are called, and where each value is between 0 and 1. */
export interface Axis {
  readonly name: string;
  readonly low: string;
  readonly high: string;
  readonly at: (trial: Trial) => number;
}

/**
 * An axis for each hyperparameter that differs among the trials, and a last one for their means.
 *
 * @param logarithmic the hyperparameters that are searched on a logarithmic scale
 */
export function axesOf(trials: readonly Trial[], logarithmic: ReadonlySet<string>, metric: string): Axis[] {
  const names = [...new Set(trials.flatMap(({ setting }) => Object.keys(setting.hyperparameters)))];
  const axes = names.flatMap((name) => {
    const of = ({ setting }: Trial): HyperparameterValue => setting.hyperparameters[name] ?? null;
    const values = trials.map(of);
    if (new Set(values.map(canonical)).size < 2) return [];
    const numbers = values.filter((value) => typeof value === 'number');
    return numbers.length === values.length
      ? [numberAxis(name, numbers, (trial) => Number(of(trial)), logarithmic.has(name))]
      : [categoryAxis(name, values, of)];
  });
  const means = trials.map(({ mean }) => mean);
  return [...axes, numberAxis(metric, means, ({ mean }) => mean, false)];
}

function numberAxis(name: string, values: readonly number[], of: (trial: Trial) => number, log: boolean): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const place = log && low > 0 ? Math.log : (value: number): number => value;
  const span = place(high) - place(low);
  return {
    name,
    low: shownValue(low),
    high: shownValue(high),
    at: (trial) => (span === 0 ? 0.5 : (place(of(trial)) - place(low)) / span),
  };
}

function categoryAxis(
  name: string,
  values: readonly HyperparameterValue[],
  of: (trial: Trial) => HyperparameterValue,
): Axis {
  const distinct = [...new Set(values.map(shownValue))].sort();
  return {
    name,
    low: distinct[0] ?? '',
    high: distinct.at(-1) ?? '',
    at: (trial) => distinct.indexOf(shownValue(of(trial))) / Math.max(1, distinct.length - 1),
  };
}
