import { z } from 'zod';

const column = z.object({
  name: z.string(),
  missing: z.int(),
  /** Different values, without missing ones. */
  distinct: z.int(),
  /** Whether every value is a finite number, by the rule of the jobs. */
  numbers: z.boolean(),
  integers: z.boolean(),
  /** Whether the values are integers one after the other, as a row number is. */
  run: z.boolean(),
  isoDates: z.boolean(),
  otherDates: z.boolean(),
  decimalCommas: z.boolean(),
  /** Words of a value, on average. */
  words: z.number(),
  /** Each value with the number of its rows, the most frequent first; none where there are too many. */
  labels: z.array(z.tuple([z.string(), z.int()])),
});

/** What a table looks like, as `look_at_table.py` prints it. */
export const tableFacts = z.object({
  rows: z.int(),
  columns: z.array(column),
  /** What of the file was changed in its copy. */
  notes: z.array(z.string()),
});

export type TableFacts = z.infer<typeof tableFacts>;
export type ColumnFacts = TableFacts['columns'][number];
