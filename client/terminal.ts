import type { Terminal } from './command.ts';

/** The terminal of this process. Answers go to stdout, news to stderr; live lines only where a person looks. */
export function processTerminal(): Terminal {
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    live: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
  };
}
