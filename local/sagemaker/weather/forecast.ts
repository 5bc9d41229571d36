import { z } from 'zod';

const share = z.number().min(0).max(1);
const span = z
  .union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])])
  .transform((value): readonly [number, number] => (typeof value === 'number' ? [value, value] : value));
const byOperation = <T extends z.ZodType>(value: T): z.ZodDefault<z.ZodRecord<z.ZodString, T>> =>
  z.record(z.string(), value).default({});

/**
 * What weather is asked for: AWS's bad days, each by its share or measure. Operations and instance types are named as AWS
 * names them; `*` is every other one.
 */
export const forecast = z.strictObject({
  /** The same seed draws the same weather. */
  seed: z.int().default(0),
  /** Requests a second, and how many at once before that counts: ThrottlingException beyond. */
  throttle: byOperation(z.strictObject({ rate: z.number().positive(), burst: z.int().min(1).default(1) })),
  /** Share of requests that end as 500 or 503. */
  faults: byOperation(share),
  /** How long answers take longer, milliseconds: a number, or least and most. */
  slow: byOperation(span),
  /** Share of connections that are cut: before anything was done, or after all was. */
  drop: z.strictObject({ before: share.default(0), after: share.default(0) }).prefault({}),
  /** For how long a thing just made is not found, milliseconds. */
  lag: z.number().min(0).default(0),
  /** How long machines take to start, seconds. */
  startup: byOperation(span),
  /** Share of jobs for which there is no machine. */
  capacity: byOperation(share),
  /** Machines of a type that jobs of one kind may have at once: ResourceLimitExceeded beyond. */
  limits: byOperation(z.int().min(0)),
  /** Share of spot jobs whose machine is taken away, and after how long, seconds. */
  spot: z.strictObject({ share: share.default(0), after: span.prefault(0) }).prefault({}),
  /** Share of jobs that are killed for want of memory. */
  memory: share.default(0),
});
export type Forecast = z.infer<typeof forecast>;

/** What is forecast for a name, else for every other one. */
export function forecastFor<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : table['*'];
}
