import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { JsonObject } from '../json.ts';

/** What a training job's log is searched for. */
export const metricDefinitions = z.array(z.object({ Name: z.string(), Regex: z.string() }));

/**
 * The last value of each metric in a log, as FinalMetricDataList has it: a 32-bit float.
 *
 * @param time epoch milliseconds
 */
export async function finalMetrics(
  log: string,
  definitions: z.infer<typeof metricDefinitions>,
  time: number,
): Promise<JsonObject[]> {
  const patterns = definitions.map(({ Name, Regex }) => ({ Name, pattern: new RegExp(Regex) }));
  const last = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(log, 'utf8') })) {
    for (const { Name, pattern } of patterns) {
      const value = Number(pattern.exec(line)?.[1] ?? Number.NaN);
      if (!Number.isNaN(value)) last.set(Name, value);
    }
  }
  return [...last].map(([MetricName, value]) => ({ MetricName, Value: Math.fround(value), Timestamp: time / 1000 }));
}
