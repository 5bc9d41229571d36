import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { clientVariables } from '../../local/stack/environment.ts';

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

test('the reference of settings has the numbers of the local stack', async () => {
  const ports = { temporal: 1, ui: 2, s3: 3, sagemaker: 4 };
  const variables = clientVariables(ports, { accessKeyId: 'a', secretAccessKey: 'b' });
  const reference = await readFile(new URL('docs/reference/settings.md', ROOT), 'utf8');
  // The cores of this machine are said in words.
  const numbers = Object.entries(variables).filter(
    ([name, value]) => /^CROSSFOLD_(?!SLOTS)/.test(name) && /^\d+$/.test(value),
  );
  expect(numbers.length).toBeGreaterThan(0);
  for (const [name, value] of numbers)
    expect(reference).toMatch(new RegExp(`^\\| \`${name}\` .*\\| ${value} +\\|$`, 'm'));
});
