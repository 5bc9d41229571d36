import type { ColumnFacts } from './table-facts.ts';

/** What a column is to a pipeline; one that is left out has the reason. */
export type ColumnRole =
  { readonly kind: 'numeric' | 'categorical' | 'date' } | { readonly kind: 'left-out'; readonly reason: string };

/** Names by which tables call what tells a row, or a person, from others. */
const ID_NAME = /(^|[\s_-])(id|ids|uuid|guid|key|index|rownumber|row|nr|no|number)$|^(unnamed.*)$/i;
const CAMEL_ID = /[a-z](Id|ID|Key|Index)$/;

/** A column with values in fewer rows tells a model next to nothing, and may have none in a fold. */
const MOST_MISSING = 0.95;
/** From so many words a value is text, not a category. */
const TEXT_WORDS = 3;
/** A category with fewer rows than this on average is nearly a name for each row. */
const LEAST_ROWS = 2;

/** Whether a column's name says that it tells rows, or what rows belong to, apart. */
export function isIdName(name: string): boolean {
  return ID_NAME.test(name) || CAMEL_ID.test(name);
}

/**
 * What to do with a column that is not the target.
 *
 * @param rows of the table
 */
export function roleOf(column: ColumnFacts, rows: number): ColumnRole {
  const { name, missing, distinct, numbers, integers, run } = column;
  const present = rows - missing;
  if (name.trim() === '') return leftOut('has no name');
  if (distinct === 0) return leftOut('has no value');
  if (missing > MOST_MISSING * rows) return leftOut(`has a value in ${present} of ${rows} rows only`);
  if (distinct === 1) return leftOut('has the same value in every row');
  if (integers && distinct === present && (run || isIdName(name))) return leftOut('numbers the rows');
  if (isIdName(name) && distinct > LEAST_ROWS) return leftOut('is an id');
  if (numbers) return { kind: 'numeric' };
  if (column.isoDates) return { kind: 'date' };
  if (column.decimalCommas) return leftOut('has numbers with a comma; write them with a point to use it');
  if (column.otherDates) return leftOut('has dates; write them as 2026-03-31 to use it');
  if (distinct === present) return leftOut('has another value in each row');
  if (distinct * LEAST_ROWS > present) return leftOut(`has ${distinct} different values in ${present} rows`);
  if (column.words > TEXT_WORDS && distinct > 20) return leftOut('is text');
  return { kind: 'categorical' };
}

function leftOut(reason: string): ColumnRole {
  return { kind: 'left-out', reason };
}
