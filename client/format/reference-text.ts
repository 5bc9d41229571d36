import type { Command } from 'commander';

/** The reference of the command line as Markdown, from the commands' own definitions. */
export function referenceText(program: Command): string {
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  return [
    '# The command line',
    '<!-- Made from the commands by test/client/cli-reference.test.ts: UPDATE_REFERENCE=1 writes it anew. -->',
    program.description(),
    'Answers go to the standard output, news to the standard error. With `--json` an answer is one JSON value; its members stay, new ones may come. ' +
      'Live lines are drawn on a terminal only; no colours are printed. What each exit code means is in [errors and exit codes](errors.md). ' +
      '`--verbose`, with any command, shows where an error comes from.',
    [
      '| command | what it does |',
      '| --- | --- |',
      ...commands.map((each) => `| [\`${nameOf(each)}\`](#${nameOf(each).replaceAll(' ', '-')}) | ${each.summary()} |`),
    ].join('\n'),
    ...commands.map(section),
  ].join('\n\n');
}

function nameOf(command: Command): string {
  const above = command.parent;
  return above === null ? command.name() : `${nameOf(above)} ${command.name()}`;
}

function section(command: Command): string {
  const usage = command.registeredArguments.map((each) => {
    const name = `${each.name()}${each.variadic ? '...' : ''}`;
    return each.required ? `<${name}>` : `[${name}]`;
  });
  const rows = [
    ...command.registeredArguments.map((each) => [each.name(), each.description, defaultOf(each.defaultValue)]),
    ...command.options.map((each) => [
      each.flags,
      each.description,
      defaultOf(each.negate ? undefined : each.defaultValue),
    ]),
  ];
  const table = ['| argument or option | meaning | default |', '| --- | --- | --- |', ...rows.map(rowOf)];
  return [
    `## ${nameOf(command)}`,
    command.description(),
    `\`\`\`\n${[nameOf(command), ...usage].join(' ')}\n\`\`\``,
    ...(rows.length === 0 ? [] : [table.join('\n')]),
  ].join('\n\n');
}

/** A placeholder in a sentence is code: as text it would be taken for an element of HTML. */
function rowOf([name = '', meaning = '', value = '']: readonly string[]): string {
  const cells = [`\`${name}\``, meaning.replaceAll(/<[\w-]+>/g, '`$&`'), value === '' ? '' : `\`${value}\``];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : JSON.stringify(value);
}
