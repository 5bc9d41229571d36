import type { Command } from 'commander';

/** Where a command writes its answer (stdout) and its news (stderr), and whether colours and live lines are welcome. */
export interface Terminal {
  /** One piece of the answer, with a line break. */
  readonly print: (text: string) => void;
  /** News for people, not part of the answer. */
  readonly note: (text: string) => void;
  /** Whether live progress can be drawn. */
  readonly live: boolean;
  /** How many characters a live line may have. */
  readonly columns: () => number;
  /** How many characters a line of a table in the answer may have; as many as it likes where the answer goes to no terminal. */
  readonly width: () => number;
}

/** What every command is handed. */
export interface Shell {
  readonly terminal: Terminal;
  /** Aborts at the first Ctrl-C or SIGTERM. */
  readonly interrupted: AbortSignal;
  /** The exit code of a command that ran to its end. */
  readonly exit: (code: number) => void;
}

/** A command adds itself to the program: one file in `commands/` each. */
export type AddCommand = (program: Command, shell: Shell) => void;
