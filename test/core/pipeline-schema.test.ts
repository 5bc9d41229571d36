import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { pipelineJsonSchema } from '../../core/pipeline.ts';

test('pipeline.schema.json, which editors read, is the schema that the pipeline file is checked by', async () => {
  const text = await readFile(new URL('../../pipeline.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(text), "run 'npx crossfold schema > pipeline.schema.json && npm run format'").toEqual(
    pipelineJsonSchema(),
  );
});
