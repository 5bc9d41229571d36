import { describe, expect, test } from 'vitest';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL, type Changes } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const lines = (text: string): string[] => text.trimEnd().split('\n');
const edit = (change: (rows: string[]) => string[]) => (text: string) => `${change(lines(text)).join('\n')}\n`;
const column = (index: number, value: (found: string, row: number) => string) =>
  edit(([header = '', ...rows]) => [
    header,
    // Names hold commas and doubled quotes; no other column does.
    ...rows.map((row, number) => {
      const cells = row.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? [];
      return cells
        .slice(0, 11)
        .map((cell, at) => (at === index ? value(cell, number) : cell))
        .join(',');
    }),
  ]);

const SURVIVED = 1;
const AGE = 5;

/** Each refused input, the words that its one message must have, and the exit code. */
const CASES: [string, Changes, RegExp, number][] = [
  ['an empty file', { data: () => '' }, /titanic\.csv is empty/, 1],
  ['a header only', { data: edit((rows) => rows.slice(0, 1)) }, /header and no rows/, 1],
  [
    'a missing target',
    { data: (text) => text.replace('Survived', 'Alive') },
    /preprocessing\.py names the column 'Survived', which titanic\.csv does not have/,
    1,
  ],
  [
    'a target with one class',
    { data: column(SURVIVED, () => '1') },
    /'Survived' in titanic\.csv has one class only/,
    1,
  ],
  [
    'more folds than the smallest class has rows',
    { data: column(SURVIVED, (_, row) => (row < 4 ? '1' : '0')), pipeline: SMALL.replace('folds: 2', 'folds: 5') },
    /class '1' has \d rows; 5 stratified folds/,
    1,
  ],
  [
    'folds that cannot be split again',
    {
      data: column(SURVIVED, (_, row) => (row % 10 === 0 && row < 60 ? '1' : '0')),
      pipeline: `${SMALL.replace('folds: 2', 'folds: 5')}estimate: nested\n`,
    },
    /split: job .*`estimate: nested` repeats the search within fold 0, .*class '1' has 4 rows; 5 stratified folds .*leave out/,
    1,
  ],
  ['a column that is all missing', { data: column(AGE, () => '') }, /column 'Age' has no value at all/, 1],
  [
    'a quoted newline',
    { data: (text) => text.replace('Abbing, Mr. Anthony', 'Abbing,\nMr. Anthony') },
    /line 2, column 'Name': the value has a line break/,
    1,
  ],
  [
    'a file that is not UTF-8',
    { data: (text) => Buffer.from(text.replace('Abbing', 'Abbé'), 'latin1') },
    /not UTF-8: byte 0xe9 at offset \d+ \(line 2\)/,
    1,
  ],
  [
    'an unknown key',
    { pipeline: `${SMALL}colour: blue\n` },
    /pipeline\.yaml:6: colour: found an unknown key; allowed here: pipeline, data/,
    2,
  ],
  [
    'an unknown algorithm',
    { pipeline: SMALL.replace('logistic_regression', 'perceptron') },
    /found perceptron; allowed with task classification: hist_gradient_boosting, logistic_regression, random_forest, xgboost,/,
    2,
  ],
  [
    'an algorithm for another task',
    { pipeline: `${SMALL}task: regression\n` },
    /found logistic_regression; allowed with task regression: elastic_net, .*ridge, xgboost,/,
    2,
  ],
  [
    'an algorithm of its own for another task',
    {
      pipeline: `${SMALL.replace('logistic_regression: { hyperparameters: { C: 1.0 } }', 'own: {}')}task: regression\n`,
      scripts: { 'algorithms/own.py': 'def build(hyperparameters, seed):\n    return None\n' },
    },
    /split: job .*'own' is not for `task: regression`/,
    1,
  ],
  [
    'a script that exits 1',
    { scripts: { 'train.py': 'import sys\nprint("starting")\nsys.exit(1)\n' } },
    /fold-\d\/train-1: job \S+ failed: AlgorithmError.*exit code: 1/,
    1,
  ],
  [
    'a script that prints no metric',
    { scripts: { 'train.py': 'print("done")\n' } },
    /completed without a score.*train\.py must write .*roc_auc/,
    1,
  ],
  [
    'a hyperparameter that the algorithm refuses',
    { pipeline: SMALL.replace('C: 1.0', 'C: -1') },
    /'base-logistic_regression'.*fold \d.*'C'/s,
    1,
  ],
];

describe('a run with', () => {
  test.each(CASES)('%s ends in one clear message, a failed run and no job left', async (_, changes, message, exit) => {
    const ended = await stack().cli('run', await pipelineWith({ pipeline: SMALL, ...changes }));
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(exit);
    expect(ended.stderr).not.toMatch(/ at .*\.[jt]s:\d+/);
    expect(await stack().runningJobs()).toEqual([]);
    for await (const run of stack().temporal.workflow.list({ query: "WorkflowType = 'pipelineWorkflow'" })) {
      expect(run.status.name).toBe('FAILED');
    }
  });
});
