import type { Task } from '../task.ts';
import { isIdName } from './column-role.ts';
import type { ColumnFacts, TableFacts } from './table-facts.ts';

/** A column that may be what is to be predicted, with what speaks for it. */
export interface TargetCandidate {
  readonly column: ColumnFacts;
  readonly task: Task;
  readonly points: number;
  readonly reasons: readonly string[];
}

/** What tables call the column to predict. */
const WHOLE_NAMES = new Set([
  ...['target', 'label', 'labels', 'class', 'classes', 'y', 'outcome', 'response', 'result', 'output'],
  ...['survived', 'churn', 'churned', 'income', 'price', 'species', 'diagnosis', 'quality', 'fraud', 'default'],
  ...['default payment next month', 'deposit', 'subscribed', 'attrition', 'exited', 'approved', 'converted'],
  ...['medv', 'medhouseval', 'mpg', 'salary', 'sales', 'demand', 'progression', 'cnt', 'count', 'score', 'rating'],
]);
const PARTS =
  /(^|[\s_-])(target|label|class|is|has|outcome|churn|fraud|default|survived|price|status)($|[\s_-])|price$/i;

/** Numbers with at most so many different values may be classes. */
const MOST_NUMBERED_CLASSES = 20;
/** Texts with more are names, not classes. */
const MOST_CLASSES = 50;
/** On average; with fewer rows a class cannot be told from chance. */
const LEAST_ROWS_OF_CLASS = 10;

/** The task that a target calls for: numbers of which there are many kinds are predicted as numbers. */
export function taskOf({ numbers, integers, distinct }: ColumnFacts, rows: number): Task {
  if (!numbers || distinct === 2) return 'classification';
  const few = distinct <= MOST_NUMBERED_CLASSES && rows >= distinct * LEAST_ROWS_OF_CLASS;
  return integers && few ? 'classification' : 'regression';
}

/** The columns that can be a target, the most likely first; of equals the later column. */
export function targetCandidates({ columns, rows }: TableFacts): TargetCandidate[] {
  return columns
    .filter((column) => canBeTarget(column, rows))
    .map((column) => candidate(column, rows, columns))
    .sort((a, b) => b.points - a.points || columns.indexOf(b.column) - columns.indexOf(a.column));
}

/** Whether a column has what a target needs: at least two values, and rows of each class. */
function canBeTarget(column: ColumnFacts, rows: number): boolean {
  const { name, distinct, numbers, isoDates, otherDates, run, missing } = column;
  if (name.trim() === '' || distinct < 2 || isoDates || otherDates || missing > rows / 2) return false;
  if (distinct > 2 && (isIdName(name) || (run && distinct === rows - missing))) return false;
  return numbers || (distinct <= MOST_CLASSES && rows >= distinct * LEAST_ROWS_OF_CLASS);
}

function candidate(column: ColumnFacts, rows: number, columns: readonly ColumnFacts[]): TargetCandidate {
  const { name, distinct, missing } = column;
  const task = taskOf(column, rows);
  const clues: (readonly [boolean, number, string])[] = [
    [WHOLE_NAMES.has(name.trim().toLowerCase()), 6, 'tables call what is to be predicted so'],
    [PARTS.test(name), 4, 'its name reads like an outcome'],
    [column === columns.at(-1), 3, 'it is the last column'],
    [column === columns[0], 1, 'it is the first column'],
    [distinct === 2, 2, 'it has two values'],
    [task === 'classification' && distinct > 2, 1, `it has ${distinct} classes`],
    [missing === 0, 1, 'it has a value in every row'],
  ];
  const found = clues.filter(([holds]) => holds);
  return {
    column,
    task,
    points: found.reduce((sum, [, points]) => sum + points, 0),
    reasons: found.map(([, , reason]) => reason),
  };
}
