import { CommanderError } from 'commander';
import type { Shell } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

const interruption = new AbortController();
const terminal = processTerminal();

/** The first signal asks nicely; the second one means it. */
function onSignal(): void {
  if (interruption.signal.aborted) process.exit(EXIT.cancelled);
  interruption.abort(new Error('interrupted'));
}

async function main(): Promise<void> {
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const shell: Shell = {
    terminal,
    interrupted: interruption.signal,
    exit: (code) => {
      process.exitCode = code;
    },
  };
  const program = await createProgram(shell, process.argv[2]);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = await explain(error, program.opts<{ verbose?: true }>().verbose === true);
  }
}

/** Says what went wrong and answers the exit code. */
async function explain(error: unknown, verbose: boolean): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.invalid;
  if (interruption.signal.aborted) {
    terminal.note('interrupted.');
    return EXIT.cancelled;
  }
  // It knows the errors of Temporal's client, which most commands that succeed at once do without.
  const { shownError } = await import('./failure.ts');
  const shown = shownError(error);
  terminal.note(
    shown === undefined ? `crossfold: ${unforeseen(error)}; --verbose shows where it comes from.` : shown.message,
  );
  if (verbose) terminal.note(error instanceof Error ? (error.stack ?? '') : '');
  return shown?.exit ?? EXIT.failed;
}

/** An error that nobody foresaw: its first line. */
function unforeseen(error: unknown): string {
  const [line = ''] = String(error).split('\n');
  return line;
}

await main();
