import { CrossfoldError } from '../errors.ts';
import type { Task } from '../task.ts';
import { isIdName, roleOf, type ColumnRole } from './column-role.ts';
import type { ColumnFacts, TableFacts } from './table-facts.ts';
import { targetCandidates, taskOf } from './target.ts';

/** What a new pipeline is to do with a table. */
export interface Proposal {
  readonly target: string;
  /** What speaks for the target; none where the user named it. */
  readonly reasons: readonly string[];
  /** Other columns that may be meant, the most likely first. */
  readonly others: readonly string[];
  readonly task: Task;
  readonly rows: number;
  readonly numeric: readonly string[];
  readonly categorical: readonly string[];
  readonly dates: readonly string[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** The classes with their rows, the largest first; none for a regression. */
  readonly classes: readonly (readonly [string, number])[];
  readonly folds: number;
  /** Columns that may name what several rows belong to. */
  readonly groups: readonly string[];
}

/** What the user says of the table. */
export interface Wishes {
  readonly target?: string;
  readonly task?: Task;
}

/** The rows that a target rules out: those without a value, and those of classes that are too small to be divided. */
export interface RowsToLeaveOut {
  readonly target: string;
  readonly missing: number;
  readonly labels: readonly string[];
}

const FOLDS = 5;
const LEAST_FOLDS = 3;
/** The holdout takes a fifth of a class, and each fold needs a row of the rest. */
const rowsFor = (folds: number): number => Math.ceil(folds / 0.8) + 1;
/** A table with fewer cannot be divided into a holdout and folds that say anything. */
const LEAST_ROWS = 20;
const MOST_OTHERS = 3;

/**
 * The target and its task: as the user says, or the most likely column.
 *
 * @throws CrossfoldError TableInvalid where there is no such column, or none that could be one
 */
function targetOf(facts: TableFacts, wishes: Wishes): Pick<Proposal, 'target' | 'reasons' | 'others' | 'task'> {
  const candidates = targetCandidates(facts);
  const named = wishes.target === undefined ? candidates[0]?.column : columnOf(facts, wishes.target);
  if (named === undefined) {
    throw new CrossfoldError(
      'TableInvalid',
      'no column looks like one to predict: each has one value only, is an id, or has nearly as many values as rows. Name one with --target.',
    );
  }
  const task = wishes.task ?? taskOf(named, facts.rows);
  if (task === 'regression' && !named.numbers) {
    throw new CrossfoldError(
      'TableInvalid',
      `--task regression predicts numbers, and ${shown(named.name)} has other values; take classification, or another --target.`,
    );
  }
  return {
    target: named.name,
    reasons: wishes.target === undefined ? (candidates[0]?.reasons ?? []) : [],
    others: candidates
      .map(({ column }) => column.name)
      .filter((name) => name !== named.name)
      .slice(0, MOST_OTHERS),
    task,
  };
}

function columnOf({ columns }: TableFacts, name: string): ColumnFacts {
  const found = columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = columns.map((column) => column.name).join(', ');
  throw new CrossfoldError('TableInvalid', `--target: found ${shown(name)}; the table has: ${names}.`);
}

/** The rows that no run could use, for the target that was chosen; undefined where all can stay. */
export function rowsToLeaveOut(facts: TableFacts, wishes: Wishes): RowsToLeaveOut | undefined {
  const { target, task } = targetOf(facts, wishes);
  const { missing, labels } = columnOf(facts, target);
  const small = labels.filter(([, rows]) => rows < rowsFor(LEAST_FOLDS)).map(([label]) => label);
  const rare = task === 'classification' && labels.length - small.length >= 2 ? small : [];
  return missing === 0 && rare.length === 0 ? undefined : { target, missing, labels: rare };
}

/**
 * Proposes a pipeline for a table.
 *
 * @throws CrossfoldError TableInvalid where the table cannot be one: too few rows, no target, no feature, too small classes
 */
export function propose(facts: TableFacts, wishes: Wishes): Proposal {
  const { rows, columns } = facts;
  if (rows < LEAST_ROWS) {
    throw new CrossfoldError(
      'TableInvalid',
      `the table has ${rows} rows; ${LEAST_ROWS} are the least for a holdout and folds.`,
    );
  }
  const chosen = targetOf(facts, wishes);
  const features = columns
    .filter(({ name }) => name !== chosen.target)
    .map((column) => ({ name: column.name, role: roleOf(column, rows) }));
  const named = (kind: ColumnRole['kind']): string[] =>
    features.filter(({ role }) => role.kind === kind).map(({ name }) => name);
  const classes = chosen.task === 'regression' ? [] : classesOf(columnOf(facts, chosen.target));
  const proposal = {
    ...chosen,
    rows,
    numeric: named('numeric'),
    categorical: named('categorical'),
    dates: named('date'),
    leftOut: features.flatMap(({ name, role }) => (role.kind === 'left-out' ? [{ name, reason: role.reason }] : [])),
    classes,
    folds: foldsFor(classes),
    groups: columns
      .filter((column) => column.name !== chosen.target && mayGroup(column, rows))
      .map((column) => column.name),
  };
  if (proposal.numeric.length + proposal.categorical.length + proposal.dates.length > 0) return proposal;
  const reasons = proposal.leftOut.map(({ name, reason }) => `${shown(name)} ${reason}`).join('; ');
  throw new CrossfoldError('TableInvalid', `no column is left to predict ${shown(chosen.target)} from: ${reasons}.`);
}

/** @throws CrossfoldError TableInvalid where the target has no list of classes that each have rows enough */
function classesOf({ name, labels, distinct }: ColumnFacts): Proposal['classes'] {
  const small = labels.filter(([, rows]) => rows < rowsFor(LEAST_FOLDS));
  if (labels.length >= 2 && small.length === 0) return labels;
  throw new CrossfoldError(
    'TableInvalid',
    `${shown(name)} has ${distinct} classes, and fewer than two with at least ${rowsFor(LEAST_FOLDS)} rows each: ` +
      'take another --target, --task regression for numbers, or merge classes.',
  );
}

/** As many folds as the smallest class can be divided into. */
function foldsFor(classes: Proposal['classes']): number {
  const smallest = Math.min(...classes.map(([, rows]) => rows));
  const fitting = [FOLDS, FOLDS - 1].find((folds) => smallest >= rowsFor(folds));
  return fitting ?? LEAST_FOLDS;
}

/** Whether a column tells what several rows belong to, as a customer's number does. */
function mayGroup({ name, missing, distinct }: ColumnFacts, rows: number): boolean {
  return isIdName(name) && missing === 0 && distinct >= 2 * FOLDS && distinct < 0.9 * rows;
}

function shown(name: string): string {
  return JSON.stringify(name);
}
