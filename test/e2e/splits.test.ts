import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { useLocalStack } from '../support/local-stack.ts';
import { cleanPipelines, pipelineWith, SMALL } from '../support/pipelines.ts';

const stack = useLocalStack();
cleanPipelines();

const EXAMPLE = fileURLToPath(new URL('../../examples/titanic/scripts/preprocessing.py', import.meta.url));
const scored = z.object({ base: z.array(z.object({ scores: z.array(z.number()) })) });

test('a run has as many folds as the data names, whatever number the pipeline file has', async () => {
  const preprocessing = await readFile(EXAMPLE, 'utf8');
  const pipeline = await pipelineWith({
    pipeline: SMALL.replace('folds: 2', 'scheme: column, folds: 2'),
    scripts: { 'preprocessing.py': `${preprocessing}\nFOLD = "Pclass"\nWEIGHT = "Weight"\n` },
    data: (titanic) =>
      titanic
        .trimEnd()
        .split('\n')
        .map((line, row) => `${line},${row === 0 ? 'Weight' : String(1 + (row % 3))}`)
        .join('\n'),
  });
  const ended = await stack().cli('run', pipeline);
  expect(ended.code, ended.stderr).toBe(0);
  const { stdout } = await stack().cli('result', '--json');
  expect(scored.parse(JSON.parse(stdout)).base.map(({ scores }) => scores.length)).toEqual([3]);
});
