import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ERROR_CODES, exitCodeOf } from '../../core/errors.ts';

test('the reference of errors lists every code with its exit code, and no other', async () => {
  const reference = await readFile(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
  const listed = [...reference.matchAll(/^\| `(\w+)` +\| (\d)/gm)].map(([, code, exit]) => [code, Number(exit)]);
  expect(listed).toEqual(ERROR_CODES.map((code) => [code, exitCodeOf(code)]));
});
