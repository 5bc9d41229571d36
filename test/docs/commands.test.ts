import { expect, test } from 'vitest';
import type { Command } from 'commander';
import { createProgram } from '../../client/program.ts';
import { commandsIn, pages, pageText } from '../support/pages.ts';
import { silentShell } from '../support/silent-shell.ts';

const program = await createProgram(silentShell);

/** What a command line says that crossfold does not know; nothing where it knows all of it. */
function unknown(line: string): string[] {
  const words = line.split(/\s+/);
  let command: Command = program;
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) break;
    command = next;
  }
  if (command === program) return words.slice(0, 1).filter((word) => !word.startsWith('<'));
  const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
  return words.filter((word) => /^--?[a-z]/.test(word)).filter((word) => !known.includes(word) && word !== '--help');
}

test.each(await pages())('%s names commands and options that there are', async (page) => {
  for (const line of commandsIn(await pageText(page))) expect(unknown(line), line).toEqual([]);
});

test('a command or an option that there is not is found', () => {
  expect(unknown('fly --high')).toEqual(['fly']);
  expect(unknown('schedule create nightly --hourly')).toEqual(['--hourly']);
  expect(unknown('schedule create nightly churn.yaml --cron "0 3 * * *"')).toEqual([]);
});
