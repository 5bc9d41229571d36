import { Command } from 'commander';
import type { AddCommand, Shell } from './command.ts';
import { addApprove } from './commands/approve.ts';
import { addCancel } from './commands/cancel.ts';
import { addCodec } from './commands/codec.ts';
import { addCompare } from './commands/compare.ts';
import { addCompletion } from './commands/completion.ts';
import { addCost } from './commands/cost.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDown } from './commands/down.ts';
import { addEndpoint } from './commands/endpoint.ts';
import { addEnv } from './commands/env.ts';
import { addInit } from './commands/init.ts';
import { addInvoke } from './commands/invoke.ts';
import { addLeakCheck } from './commands/leak-check.ts';
import { addList } from './commands/list.ts';
import { addLogs } from './commands/logs.ts';
import { addPause } from './commands/pause.ts';
import { addPlan } from './commands/plan.ts';
import { addReap } from './commands/reap.ts';
import { addReject } from './commands/reject.ts';
import { addReport } from './commands/report.ts';
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
import { addWatch } from './commands/watch.ts';
import { addWorker } from './commands/worker.ts';
import { EXIT_HELP } from './exit-codes.ts';

/** Every command, in the order of the help. */
const COMMANDS: readonly AddCommand[] = [
  ...[addDemo, addUp, addDown, addStatus, addEnv, addSetup, addDoctor],
  ...[addInit, addValidate, addPlan, addLeakCheck, addRun, addWatch, addCompare],
  ...[addList, addResult, addReport, addLogs, addCost, addCancel],
  ...[addApprove, addReject, addPause, addResume, addRetry, addRerun],
  ...[addEndpoint, addInvoke, addRollback, addReap, addSchedule],
  ...[addWorker, addCodec, addSchema, addCompletion],
];

/** The whole command line. */
export function createProgram(shell: Shell): Command {
  const program = new Command('crossfold')
    .description(
      'Cross validation, tuning and deployment as durable pipelines of SageMaker jobs, on AWS or on this machine.',
    )
    .option('--verbose', 'show where an error comes from')
    .exitOverride()
    .showHelpAfterError('(add --help to see what is allowed)')
    .addHelpText('after', EXIT_HELP);
  for (const add of COMMANDS) add(program, shell);
  return program;
}
