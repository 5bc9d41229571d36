import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { completionScript } from '../../client/format/completion-script.ts';

const WORDS = [
  {
    path: [],
    commands: [
      { word: 'list', text: "runs, 'newest' first" },
      { word: 'endpoint', text: '' },
    ],
    options: [],
  },
  {
    path: ['list'],
    commands: [],
    options: [
      { word: '--pipeline', text: '' },
      { word: '--json', text: '' },
    ],
  },
  {
    path: ['endpoint'],
    commands: [
      { word: 'describe', text: '' },
      { word: 'delete', text: '' },
    ],
    options: [],
  },
  { path: ['endpoint', 'delete'], commands: [], options: [{ word: '--help', text: '' }] },
];

/** What bash offers behind the words of a line, the last of which is being typed. */
function offered(...line: string[]): string[] {
  const words = line.map((word) => `'${word}'`).join(' ');
  const script = `${completionScript('bash', WORDS)}\nCOMP_WORDS=(crossfold ${words}); COMP_CWORD=${line.length}; _crossfold; echo "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
}

test('bash completes commands, commands below commands, and options', () => {
  expect(offered('')).toEqual(['list', 'endpoint']);
  expect(offered('endpoint', 'de')).toEqual(['describe', 'delete']);
  expect(offered('list', '--json', '--p')).toEqual(['--pipeline']);
  expect(offered('endpoint', 'delete', '--')).toEqual(['--help']);
});

test('zsh takes the same, fish has a line for each word, with its text quoted', () => {
  expect(completionScript('zsh', WORDS)).toMatch(/^#compdef crossfold\n/);
  expect(completionScript('fish', WORDS).split('\n')).toContain(
    "complete -c crossfold -n __fish_use_subcommand -f -a list -d 'runs, \\'newest\\' first'",
  );
  expect(completionScript('fish', WORDS)).toContain('-l pipeline');
});
