/** A value, and how often it was measured. */
export interface Sample {
  readonly value: number;
  readonly count: number;
}

/** Values of one period, summed up. */
export interface StatisticSet {
  readonly SampleCount: number;
  readonly Sum: number;
  readonly Minimum: number;
  readonly Maximum: number;
}

const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** CloudWatch's names of statistics that can be asked for here: the plain ones and percentiles from p0 to p100. */
export function isStatistic(name: string): boolean {
  return Object.hasOwn(PLAIN, name) || PERCENTILE.test(name);
}

const PLAIN: Readonly<Record<string, (samples: readonly Sample[]) => number>> = {
  SampleCount: (samples) => samples.reduce((sum, { count }) => sum + count, 0),
  Sum: (samples) => samples.reduce((sum, { value, count }) => sum + value * count, 0),
  Average: (samples) => statistic('Sum', samples) / statistic('SampleCount', samples),
  Minimum: (samples) => samples.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY),
  Maximum: (samples) => samples.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY),
};

/**
 * One statistic of a period's samples.
 *
 * @param name one that `isStatistic` knows
 * @param samples at least one
 * @throws RangeError for a name that is none
 */
export function statistic(name: string, samples: readonly Sample[]): number {
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain !== undefined) return plain(samples);
  const [, percent] = PERCENTILE.exec(name) ?? [];
  if (percent === undefined) throw new RangeError(`${name} is no statistic`);
  return percentile(Number(percent) / 100, samples);
}

/** The least value that at least this share of all values does not exceed. */
function percentile(share: number, samples: readonly Sample[]): number {
  const sorted = [...samples].sort((a, b) => a.value - b.value);
  let left = share * statistic('SampleCount', sorted);
  const found = sorted.find(({ count }) => (left -= count) <= 0) ?? sorted.at(-1);
  return found?.value ?? Number.NaN;
}

/** Samples that have the same sum, count, least and greatest value as the set; what lay between is not known. */
export function samplesOf({ SampleCount, Sum, Minimum, Maximum }: StatisticSet): Sample[] {
  if (Minimum === Maximum || SampleCount <= 1) return [{ value: Sum / SampleCount, count: SampleCount }];
  const between = SampleCount - 2;
  return [
    { value: Minimum, count: 1 },
    { value: Maximum, count: 1 },
    ...(between > 0 ? [{ value: (Sum - Minimum - Maximum) / between, count: between }] : []),
  ];
}
