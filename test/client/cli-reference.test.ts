import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { referenceText } from '../../client/format/reference-text.ts';
import { createProgram } from '../../client/program.ts';
import { silentShell } from '../support/silent-shell.ts';

const FILE = fileURLToPath(new URL('../../docs/reference/cli.md', import.meta.url));

const program = await createProgram(silentShell);

test('the reference of the command line is what the commands say', async () => {
  const text = await format(referenceText(program), { ...(await resolveConfig(FILE)), parser: 'markdown' });
  if (process.env['UPDATE_REFERENCE'] === '1') await writeFile(FILE, text);
  expect(await readFile(FILE, 'utf8')).toBe(text);
});

test('every command has a summary and a description, and what prints an answer prints it as JSON as well', () => {
  for (const command of program.commands) {
    expect(command.summary(), command.name()).not.toBe('');
    expect(command.description(), command.name()).not.toBe('');
  }
});
