import { Argument, type Command } from 'commander';
import type { AddCommand } from '../command.ts';
import { completionScript, SHELLS, type CommandWords, type ShellName } from '../format/completion-script.ts';

/** `crossfold completion`: completion of commands and options. */
export const addCompletion: AddCommand = (program, { terminal }) => {
  program
    .command('completion')
    .summary('print the completion of commands and options for a shell')
    .description('Prints a script that lets a shell complete the commands and their options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(crossfold completion bash)\n  crossfold completion fish > ~/.config/fish/completions/crossfold.fish',
    )
    .action((shell: ShellName) => {
      terminal.print(completionScript(shell, wordsOf(program)));
    });
};

/** The words that may follow each command, by the words that lead to it. */
function wordsOf(command: Command, path: readonly string[] = []): CommandWords[] {
  const commands = command.commands.map((each) => ({ word: each.name(), text: each.summary() }));
  const options = command.options.map(({ long, description }) => ({ word: long ?? '', text: description }));
  return [
    { path, commands, options: [...options, { word: '--help', text: 'display help for command' }] },
    ...command.commands.flatMap((each) => wordsOf(each, [...path, each.name()])),
  ];
}
