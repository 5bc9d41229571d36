import { open } from 'node:fs/promises';
import { z } from 'zod';
import { metricDefinitions } from '../jobs/metrics.ts';
import type { Resource } from '../store.ts';

const searchedFor = z.object({
  AlgorithmSpecification: z.object({ MetricDefinitions: metricDefinitions.default([]) }),
});

/** The objective of a training job that runs, read from its log as it grows: one value an epoch. */
export class ObjectiveLog {
  readonly values: number[] = [];
  readonly #file: string;
  readonly #pattern: RegExp | undefined;
  #offset = 0;
  /** What came after the last end of a line. */
  #rest = Buffer.alloc(0);

  constructor(file: string, job: Resource, metric: string) {
    this.#file = file;
    const { MetricDefinitions } = searchedFor.parse(job.request).AlgorithmSpecification;
    const found = MetricDefinitions.find(({ Name }) => Name === metric);
    this.#pattern = found === undefined ? undefined : new RegExp(found.Regex);
  }

  /** Reads what was written since; the answer says whether there are more values than before. */
  async read(): Promise<boolean> {
    const before = this.values.length;
    const lines = Buffer.concat([this.#rest, await this.#next()]);
    const end = lines.lastIndexOf('\n') + 1;
    this.#rest = lines.subarray(end);
    for (const line of lines.subarray(0, end).toString('utf8').split('\n')) {
      const value = Number(this.#pattern?.exec(line)?.[1] ?? Number.NaN);
      if (Number.isFinite(value)) this.values.push(value);
    }
    return this.values.length > before;
  }

  async #next(): Promise<Buffer> {
    const handle = await open(this.#file).catch(() => undefined);
    // A job that waits for its turn has no log.
    if (handle === undefined) return Buffer.alloc(0);
    try {
      const left = Math.max(0, (await handle.stat()).size - this.#offset);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(left), 0, left, this.#offset);
      this.#offset += bytesRead;
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }
}
