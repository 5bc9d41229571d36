import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment, type Places } from '../../config/home.ts';
import { CrossfoldError } from '../../core/errors.ts';
import type { RowsToLeaveOut } from '../../core/proposal/proposal.ts';
import { tableFacts, type TableFacts } from '../../core/proposal/table-facts.ts';

const SCRIPT = fileURLToPath(new URL('look_at_table.py', import.meta.url));

/** The facts of a wide table are long. */
const MOST_OUTPUT = 256 * 1024 * 1024;
/** The exit code by which the script says that its message is for the user. */
const REFUSED = 2;

const run = promisify(execFile);

/** Looks at tables with the reader that the jobs have. */
export class TableReader {
  readonly #python: string;
  readonly #variables: Record<string, string>;
  readonly #signal: AbortSignal;

  /** @param python an interpreter with what jobs import */
  constructor(python: string, places: Places, signal: AbortSignal) {
    this.#python = python;
    this.#signal = signal;
    const own = { PYTHONPATH: join(places.root, 'scripts'), PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' };
    this.#variables = { ...inheritedEnvironment(), ...own };
  }

  /**
   * Copies a CSV file in the form that jobs read, and tells what it looks like.
   *
   * @throws CrossfoldError TableInvalid where jobs could not read it
   */
  async take(source: string, copy: string): Promise<TableFacts> {
    return await this.#ask('take', source, copy);
  }

  /** Takes rows out of the copy, and tells what it looks like then. */
  async leaveOut(copy: string, { target, labels }: RowsToLeaveOut): Promise<TableFacts> {
    return await this.#ask('leave-out', copy, target, JSON.stringify(labels));
  }

  async #ask(...what: string[]): Promise<TableFacts> {
    try {
      // What follows `--` is no option, however the target is called.
      const [step = '', ...rest] = what;
      const { stdout } = await run(this.#python, [SCRIPT, step, '--', ...rest], {
        ...{ env: this.#variables, signal: this.#signal, maxBuffer: MOST_OUTPUT },
      });
      return tableFacts.parse(JSON.parse(stdout));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === REFUSED && 'stderr' in error)
        throw new CrossfoldError('TableInvalid', String(error.stderr).trim(), { cause: error });
      throw error;
    }
  }
}
