import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);

async function variablesIn(folder: string): Promise<Set<string>> {
  const files = (await readdir(new URL(folder, ROOT), { recursive: true })).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(new URL(`${folder}/${file}`, ROOT), 'utf8')));
  return new Set(texts.flatMap((text) => text.match(/CROSSFOLD_[A-Z_]+/g) ?? []));
}

test('the reference of settings lists every variable that is read, and no other', async () => {
  const read = await variablesIn('config');
  // What the stack marks its own processes with is nobody's setting.
  read.delete('CROSSFOLD_STACK');
  const reference = await readFile(new URL('docs/reference/settings.md', ROOT), 'utf8');
  const listed = reference.match(/^\| `(CROSSFOLD_[A-Z_]+)/gm)?.map((line) => line.slice(3)) ?? [];
  expect(listed.sort()).toEqual([...read].sort());
});
