import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TableReader } from '../../client/init/look-at-table.ts';
import { makePipeline, pipelineNameOf, type NewPipeline } from '../../client/init/new-pipeline.ts';
import { readPipeline } from '../../client/pipeline-source.ts';
import { readPlaces } from '../../config/home.ts';
import type { Wishes } from '../../core/proposal/proposal.ts';
import { shopTable, writeBundledTables } from '../support/tables.ts';
import { pythonPath } from '../support/tools.ts';

const places = readPlaces();
let folder = '';
let made = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossfold-init-'));
  await writeBundledTables(folder);
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function init(table: string, wishes: Wishes = {}): Promise<NewPipeline> {
  const reader = new TableReader(pythonPath(), places, new AbortController().signal);
  return await makePipeline(join(folder, table), join(folder, `made-${(made += 1)}`), wishes, reader, places);
}

/** The pipeline that `init` makes of a text. */
async function initText(text: string | Buffer, wishes: Wishes = {}): Promise<NewPipeline> {
  const table = `table-${made}.csv`;
  await writeFile(join(folder, table), text);
  return await init(table, wishes);
}

async function copyOf({ folder: at }: NewPipeline): Promise<string> {
  const file = (await readdir(at)).find((name) => name.endsWith('.csv')) ?? '';
  return await readFile(join(at, file), 'utf8');
}

const table = (header: string, rows: number, row: (index: number) => string): string =>
  [header, ...Array.from({ length: rows }, (_, index) => row(index)), ''].join('\n');

describe('each table of another shape makes a pipeline that validates', () => {
  test.each([
    ['breast_cancer.csv', 'target', 'classification', 30, 0],
    ['wine.csv', 'target', 'classification', 13, 0],
    ['diabetes.csv', 'target', 'regression', 10, 0],
    ['iris.csv', 'species', 'classification', 4, 0],
    ['../examples/titanic/titanic.csv', 'Survived', 'classification', 5, 3],
  ])('%s: %s, a %s', async (file, target, task, numeric, categorical) => {
    const source = file.startsWith('..') ? await readFile(join(places.root, file.slice(3)), 'utf8') : undefined;
    const { file: pipelineFile, proposal } = source === undefined ? await init(file) : await initText(source);
    expect({ target: proposal.target, task: proposal.task }).toEqual({ target, task });
    expect(proposal.numeric).toHaveLength(numeric);
    expect(proposal.categorical).toHaveLength(categorical);
    const { pipeline } = await readPipeline(pipelineFile, join(places.root, 'scripts'));
    expect(pipeline.task).toBe(task);
  });
});

test('columns are taken for what they are', async () => {
  const { proposal } = await initText(shopTable());
  expect(proposal).toMatchObject({
    target: 'churned',
    numeric: ['age', 'visits'],
    categorical: ['city', 'member'],
    dates: ['joined'],
    groups: ['customer_id'],
  });
  expect(proposal.leftOut.map(({ name }) => name)).toEqual(['order_id', 'customer_id', 'country', 'comment']);
});

test('only preprocessing.py names columns, and hostile names stay names', async () => {
  const name = 'a"b\\\'c # {}';
  const { folder: at } = await initText(
    table(`"${name.replaceAll('"', '""')}",target`, 40, (row) => `${(row * 7) % 31},${row % 2}`),
  );
  const script = await readFile(join(at, 'scripts/preprocessing.py'), 'utf8');
  expect(script).toContain(`NUMERIC = [${JSON.stringify(name)}]`);
  expect(await readFile(join(at, 'pipeline.yaml'), 'utf8')).not.toContain('a"b');
});

test('--target and --task go before what the table looks like', async () => {
  const { proposal } = await init('iris.csv', { target: 'petal width (cm)' });
  expect(proposal).toMatchObject({ target: 'petal width (cm)', task: 'regression', categorical: ['species'] });
  await expect(init('iris.csv', { target: 'colour' })).rejects.toThrow(
    /--target: found "colour"; the table has: .*species/,
  );
  await expect(init('iris.csv', { target: 'species', task: 'regression' })).rejects.toThrow(/predicts numbers/);
});

describe('a file that jobs would not read as it stands is copied so that they do', () => {
  test('semicolons and decimal commas', async () => {
    const made = await initText(table('height;target', 40, (row) => `1.${100 + row},5;${row % 2 === 0 ? 'a' : 'b'}`));
    expect((await copyOf(made)).split('\n').slice(0, 2)).toEqual(['height,target', '1100.5,a']);
    expect(made.notes.join('\n')).toMatch(/separated by ';'.*\n.*decimal commas.*height/);
  });

  test('question marks, marks in a column of numbers, line breaks, rows without a target', async () => {
    const cell = (row: number): string => (row === 3 ? 'unknown' : String(row % 29));
    const made = await initText(
      table('size,kind,target', 60, (row) => `${cell(row)},${row === 4 ? '?' : '"a\nb"'},${row === 5 ? '' : row % 2}`),
    );
    const copy = await copyOf(made);
    expect(copy).not.toMatch(/unknown|\?|"/);
    expect(copy.trimEnd().split('\n')).toHaveLength(60);
    expect(made.proposal.numeric).toEqual(['size']);
    expect(made.notes.at(-1)).toContain('1 rows are not in the copy: those that have no "target"');
  });

  test('a class with fewer rows than folds', async () => {
    const made = await initText(
      table(
        'size,target',
        60,
        (row) => `${(row * 7) % 31},${row < 2 ? 'rare' : row < 7 ? 'few' : row % 2 === 0 ? 'a' : 'b'}`,
      ),
    );
    expect(made.proposal.classes.map(([label]) => label).sort()).toEqual(['a', 'b', 'few']);
    expect(made.proposal.folds).toBe(3);
    expect(await copyOf(made)).not.toContain('rare');
  });

  test('a table that jobs can read is copied byte by byte', async () => {
    expect(await copyOf(await init('wine.csv'))).toBe(await readFile(join(folder, 'wine.csv'), 'utf8'));
  });
});

describe('what cannot be a table of a pipeline is refused with words, and leaves nothing', () => {
  test.each([
    ['another encoding', Buffer.from('größe,target\n1,a\n', 'latin1'), /not UTF-8.*iconv -f WINDOWS-1252/],
    ['no header', table('1,2,3', 40, (row) => `${row},2,3`), /first line is '1,2,3'\. Add a header line/],
    ['ragged rows', 'a,target\n1,2,3\n', /line 2: the row has 3 values/],
    ['few rows', 'a,target\n1,x\n2,y\n', /2 rows; 20 are the least/],
    ['two columns of one name', table('a,a,target', 40, (row) => `${row},1,${row % 2}`), /column 'a' 2 times/],
    [
      'no target',
      table('id,when', 40, (row) => `${row},2026-01-${(row % 28) + 10}`),
      /no column looks like one to predict/,
    ],
    [
      'nothing to predict from',
      table('const,target', 40, (row) => `7,${row % 2}`),
      /no column is left.*"const" has the same value/,
    ],
  ])('%s', async (_, text, message) => {
    const before = await readdir(folder);
    await expect(initText(text)).rejects.toThrow(message);
    expect((await readdir(folder)).filter((name) => name.startsWith('made'))).toEqual(
      before.filter((name) => name.startsWith('made')),
    );
  });

  test('a folder that is there', async () => {
    const made = await init('wine.csv');
    const reader = new TableReader(pythonPath(), places, new AbortController().signal);
    await expect(makePipeline(join(folder, 'wine.csv'), made.folder, {}, reader, places)).rejects.toThrow(
      /is there already/,
    );
  });
});

test('a pipeline is called as its table', () => {
  expect(['Größe 2026.csv', 'data/adult.csv', '2026.csv', `${'long-'.repeat(20)}.csv`].map(pipelineNameOf)).toEqual([
    ...['gro-e-2026', 'adult', 'pipeline', 'long-long-long-long-long-long'],
  ]);
});
