import { Command, CommanderError } from 'commander';
import type { AddCommand, Shell } from './command.ts';
import { addApprove } from './commands/approve.ts';
import { addCancel } from './commands/cancel.ts';
import { addCompare } from './commands/compare.ts';
import { addDemo } from './commands/demo.ts';
import { addDown } from './commands/down.ts';
import { addEnv } from './commands/env.ts';
import { addLeakCheck } from './commands/leak-check.ts';
import { addList } from './commands/list.ts';
import { addPause } from './commands/pause.ts';
import { addReject } from './commands/reject.ts';
import { addRerun } from './commands/rerun.ts';
import { addResult } from './commands/result.ts';
import { addResume } from './commands/resume.ts';
import { addRetry } from './commands/retry.ts';
import { addRollback } from './commands/rollback.ts';
import { addRun } from './commands/run.ts';
import { addSchedule } from './commands/schedule.ts';
import { addSchema } from './commands/schema.ts';
import { addSetup } from './commands/setup.ts';
import { addStatus } from './commands/status.ts';
import { addUp } from './commands/up.ts';
import { addValidate } from './commands/validate.ts';
import { addWorker } from './commands/worker.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { shownError } from './failure.ts';
import { processTerminal } from './terminal.ts';

const COMMANDS: readonly AddCommand[] = [
  ...[addDemo, addUp, addDown, addStatus, addEnv, addSetup],
  ...[addValidate, addLeakCheck, addRun, addCompare, addList, addResult, addCancel],
  ...[addApprove, addReject, addPause, addResume, addRetry, addRerun, addRollback, addSchedule],
  ...[addWorker, addSchema],
];

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
  const program = new Command('crossfold')
    .description(
      'Cross validation, tuning and deployment as durable pipelines of SageMaker jobs, on AWS or on this machine.',
    )
    .option('--verbose', 'show where an error comes from')
    .exitOverride()
    .showHelpAfterError('(add --help to see what is allowed)')
    .addHelpText('after', EXIT_HELP);
  for (const add of COMMANDS) add(program, shell);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = explain(error, program.opts<{ verbose?: true }>().verbose === true);
  }
}

/** Says what went wrong and answers the exit code. */
function explain(error: unknown, verbose: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.invalid;
  if (interruption.signal.aborted) {
    terminal.note('interrupted.');
    return EXIT.cancelled;
  }
  const shown = shownError(error);
  terminal.note(shown === undefined ? `crossfold: ${String(error)}` : shown.message);
  if (verbose || shown === undefined) terminal.note(error instanceof Error ? (error.stack ?? '') : '');
  return shown?.exit ?? EXIT.failed;
}

await main();
