import type { Terminal } from './command.ts';

/** The width of a terminal that does not tell its own. */
const COLUMNS = 80;

/** The terminal of this process. Answers go to stdout, news to stderr; live lines only where a person looks. */
export function processTerminal(): Terminal {
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    live: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
    width: () => (process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : Infinity),
    columns: () => (process.stderr.isTTY && process.stderr.columns > 0 ? process.stderr.columns : COLUMNS),
  };
}
