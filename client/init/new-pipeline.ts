import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Places } from '../../config/home.ts';
import { CrossfoldError } from '../../core/errors.ts';
import { pipelineText } from '../../core/proposal/pipeline-text.ts';
import { preprocessingText } from '../../core/proposal/preprocessing-text.ts';
import { propose, rowsToLeaveOut, type Proposal, type Wishes } from '../../core/proposal/proposal.ts';
import { readPipeline } from '../pipeline-source.ts';
import type { TableReader } from './look-at-table.ts';

/** A pipeline that `crossfold init` has made. */
export interface NewPipeline {
  readonly folder: string;
  readonly file: string;
  readonly proposal: Proposal;
  /** How the copy of the table differs from the file. */
  readonly notes: readonly string[];
}

/** The longest name of a pipeline. */
const NAME_LIMIT = 30;

/** A pipeline's name from a folder's, or a table's from a file's: lower-case words joined by `-`. */
export function pipelineNameOf(file: string): string {
  const words = basename(file)
    .replace(/\.[^.]*$/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const name = words.replace(/^[-0-9]+/, '').slice(0, NAME_LIMIT);
  return name.replace(/-+$/, '') || 'pipeline';
}

/**
 * Makes a pipeline's folder from a CSV file: the table, a pipeline file and a preprocessing.py. The folder is there when it is whole, or not at all.
 *
 * @throws CrossfoldError TableInvalid where the table cannot be one of a pipeline, or the folder is there
 */
export async function makePipeline(
  table: string,
  folder: string,
  wishes: Wishes,
  reader: TableReader,
  places: Places,
): Promise<NewPipeline> {
  await requireTable(table);
  await requireFree(folder);
  const name = pipelineNameOf(resolve(folder));
  const draft = `${resolve(folder)}.draft-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(join(draft, 'scripts'), { recursive: true });
    const file = `${pipelineNameOf(table)}.csv`;
    const copy = join(draft, file);
    const first = await reader.take(resolve(table), copy);
    const rows = rowsToLeaveOut(first, wishes);
    const facts = rows === undefined ? first : await reader.leaveOut(copy, rows);
    const proposal = propose(facts, wishes);
    const notes = rows === undefined ? first.notes : [...first.notes, leftOutNote(rows, first.rows - facts.rows)];
    await writeFile(join(draft, 'scripts/preprocessing.py'), preprocessingText(proposal));
    await writeFile(join(draft, 'pipeline.yaml'), pipelineText(proposal, { name, table: file }));
    await readPipeline(join(draft, 'pipeline.yaml'), join(places.root, 'scripts'));
    await rename(draft, folder);
    return { folder, file: join(folder, 'pipeline.yaml'), proposal, notes };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function leftOutNote(
  { missing, labels, target }: NonNullable<ReturnType<typeof rowsToLeaveOut>>,
  rows: number,
): string {
  const what = [
    ...(missing > 0 ? [`that have no ${JSON.stringify(target)}`] : []),
    ...(labels.length > 0 ? [`of classes with too few rows to be divided: ${labels.join(', ')}`] : []),
  ];
  return `${rows} rows are not in the copy: those ${what.join(', and those ')}`;
}

async function requireTable(table: string): Promise<void> {
  const found = await stat(table).catch(() => undefined);
  if (found?.isFile() === true) return;
  throw new CrossfoldError('TableInvalid', `${table} is no file; give the path of a CSV file.`);
}

/** An empty folder is as good as none. */
async function requireFree(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory() && (await readdir(folder)).length === 0) return;
  throw new CrossfoldError('TableInvalid', `${folder} is there already; name another folder with --output.`);
}
