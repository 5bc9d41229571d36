import { expect, test } from 'vitest';
import { createProgram } from '../../client/program.ts';
import { silentShell } from '../support/silent-shell.ts';

const namesOf = async (asked?: string): Promise<string[]> =>
  (await createProgram(silentShell, asked)).commands.map((command) => command.name());

test('a command is read alone by its own name, but one that tells of all', async () => {
  const all = await namesOf();
  for (const name of all) expect(await namesOf(name)).toEqual(name === 'completion' ? all : [name]);
});

test.each(['help', '--help', '--verbose', 'no-such-command'])('%s is answered by all commands', async (word) => {
  expect(await namesOf(word)).toEqual(await namesOf());
});
