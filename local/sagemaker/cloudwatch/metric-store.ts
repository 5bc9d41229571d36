import Database from 'better-sqlite3';
import { z } from 'zod';
import type { Sample } from './statistics.ts';

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** A metric by its namespace, its name and all of its dimensions: one more or less is another metric. */
export interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly Dimension[];
}

/** What was measured: when, in epoch seconds, and in CloudWatch's word for a unit. */
export interface Measurement extends Metric {
  readonly time: number;
  readonly unit: string;
  readonly samples: readonly Sample[];
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL, unit TEXT NOT NULL,
    UNIQUE (namespace, name, dimensions, unit)
  );
  CREATE TABLE IF NOT EXISTS samples (
    metric INTEGER NOT NULL, time INTEGER NOT NULL, value REAL NOT NULL, count REAL NOT NULL,
    PRIMARY KEY (metric, time, value)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS age ON samples (time);
`;
/** Samples are kept for this long, seconds: a day. */
const RETENTION_S = 86_400;
/** How many measurements may wait to be written. */
const BUFFERED = 5_000;

const sampleRow = z.object({ time: z.number(), value: z.number(), count: z.number(), unit: z.string() });
const idRow = z.object({ id: z.number() });
const metricRow = z.object({ namespace: z.string(), name: z.string(), dimensions: z.string() });
const dimensionList = z.array(z.object({ Name: z.string(), Value: z.string() }));

/** Measurements by the second, in an SQLite file of their own. Those of the last second are written with the next read. */
export class MetricStore {
  readonly #database: Database.Database;
  #waiting: Measurement[] = [];

  constructor(file: string) {
    this.#database = new Database(file);
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = NORMAL');
    this.#database.exec(SCHEMA);
  }

  record(measurements: readonly Measurement[]): void {
    this.#waiting.push(...measurements);
    if (this.#waiting.length > BUFFERED) this.flush();
  }

  /** Writes what was recorded, and drops what is too old. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const add = this.#database.prepare(
      `INSERT INTO samples (metric, time, value, count) VALUES (?, ?, ?, ?)
       ON CONFLICT (metric, time, value) DO UPDATE SET count = count + excluded.count`,
    );
    const ids = new Map<string, number>();
    this.#database.transaction(() => {
      for (const { time, unit, samples, ...metric } of waiting) {
        const key = [...keyOf(metric), unit];
        const id = ids.get(key.join()) ?? this.#idOf(key);
        ids.set(key.join(), id);
        for (const { value, count } of samples) add.run(id, Math.floor(time), value, count);
      }
      this.#database.prepare('DELETE FROM samples WHERE time < ?').run(Math.floor(Date.now() / 1000) - RETENTION_S);
    })();
  }

  /**
   * The samples of a metric by the start of their period, oldest first; a period without any is not there.
   *
   * @param range epoch seconds, the end excluded
   * @param period seconds; periods start at its multiples
   * @param unit undefined for all units
   */
  read(
    metric: Metric,
    range: { readonly from: number; readonly to: number },
    period: number,
    unit?: string,
  ): Map<number, { readonly unit: string; readonly samples: Sample[] }> {
    this.flush();
    const rows = z.array(sampleRow).parse(
      this.#database
        .prepare(
          `SELECT time, value, count, unit FROM samples JOIN metrics ON metrics.id = samples.metric
           WHERE namespace = ? AND name = ? AND dimensions = ? AND unit = coalesce(?, unit) AND time >= ? AND time < ?
           ORDER BY time`,
        )
        .all(...keyOf(metric), unit ?? null, range.from, range.to),
    );
    const periods = new Map<number, { unit: string; samples: Sample[] }>();
    for (const row of rows) {
      const start = Math.floor(row.time / period) * period;
      const found = periods.get(start) ?? { unit: row.unit, samples: [] };
      found.samples.push({ value: row.value, count: row.count });
      periods.set(start, found);
    }
    return periods;
  }

  /** Every metric that has samples. */
  list(): Metric[] {
    this.flush();
    const rows = this.#database
      .prepare(
        `SELECT DISTINCT namespace, name, dimensions FROM metrics
         WHERE EXISTS (SELECT 1 FROM samples WHERE metric = metrics.id) ORDER BY namespace, name, dimensions`,
      )
      .all();
    return z
      .array(metricRow)
      .parse(rows)
      .map(({ namespace, name, dimensions }) => ({
        ...{ Namespace: namespace, MetricName: name, Dimensions: dimensionList.parse(JSON.parse(dimensions)) },
      }));
  }

  close(): void {
    this.flush();
    this.#database.close();
  }

  #idOf(key: readonly string[]): number {
    const columns = '(namespace, name, dimensions, unit)';
    this.#database.prepare(`INSERT OR IGNORE INTO metrics ${columns} VALUES (?, ?, ?, ?)`).run(...key);
    const found = this.#database.prepare(`SELECT id FROM metrics WHERE ${columns} = (?, ?, ?, ?)`).get(...key);
    return idRow.parse(found).id;
  }
}

function keyOf({ Namespace, MetricName, Dimensions }: Metric): [string, string, string] {
  const sorted = [...Dimensions].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  return [Namespace, MetricName, JSON.stringify(sorted.map(({ Name, Value }) => ({ Name, Value })))];
}
