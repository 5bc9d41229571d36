import { Command } from 'commander';
import type { AddCommand, Shell } from './command.ts';
import { EXIT_HELP } from './exit-codes.ts';

/** Every command, in the order of the help. What a command is made of is read where it is asked for: to read all takes a second. */
const COMMANDS = new Map<string, () => Promise<AddCommand>>([
  ['demo', async () => (await import('./commands/demo.ts')).addDemo],
  ['up', async () => (await import('./commands/up.ts')).addUp],
  ['down', async () => (await import('./commands/down.ts')).addDown],
  ['status', async () => (await import('./commands/status.ts')).addStatus],
  ['env', async () => (await import('./commands/env.ts')).addEnv],
  ['setup', async () => (await import('./commands/setup.ts')).addSetup],
  ['doctor', async () => (await import('./commands/doctor.ts')).addDoctor],
  ['init', async () => (await import('./commands/init.ts')).addInit],
  ['validate', async () => (await import('./commands/validate.ts')).addValidate],
  ['plan', async () => (await import('./commands/plan.ts')).addPlan],
  ['leak-check', async () => (await import('./commands/leak-check.ts')).addLeakCheck],
  ['run', async () => (await import('./commands/run.ts')).addRun],
  ['watch', async () => (await import('./commands/watch.ts')).addWatch],
  ['compare', async () => (await import('./commands/compare.ts')).addCompare],
  ['list', async () => (await import('./commands/list.ts')).addList],
  ['result', async () => (await import('./commands/result.ts')).addResult],
  ['report', async () => (await import('./commands/report.ts')).addReport],
  ['logs', async () => (await import('./commands/logs.ts')).addLogs],
  ['cost', async () => (await import('./commands/cost.ts')).addCost],
  ['cancel', async () => (await import('./commands/cancel.ts')).addCancel],
  ['approve', async () => (await import('./commands/approve.ts')).addApprove],
  ['reject', async () => (await import('./commands/reject.ts')).addReject],
  ['pause', async () => (await import('./commands/pause.ts')).addPause],
  ['resume', async () => (await import('./commands/resume.ts')).addResume],
  ['retry', async () => (await import('./commands/retry.ts')).addRetry],
  ['rerun', async () => (await import('./commands/rerun.ts')).addRerun],
  ['endpoint', async () => (await import('./commands/endpoint.ts')).addEndpoint],
  ['invoke', async () => (await import('./commands/invoke.ts')).addInvoke],
  ['rollback', async () => (await import('./commands/rollback.ts')).addRollback],
  ['reap', async () => (await import('./commands/reap.ts')).addReap],
  ['schedule', async () => (await import('./commands/schedule.ts')).addSchedule],
  ['worker', async () => (await import('./commands/worker.ts')).addWorker],
  ['codec', async () => (await import('./commands/codec.ts')).addCodec],
  ['schema', async () => (await import('./commands/schema.ts')).addSchema],
  ['completion', async () => (await import('./commands/completion.ts')).addCompletion],
]);

/** Commands that tell of all others. */
const TELL_OF_ALL = new Set(['completion']);

/**
 * The command line.
 *
 * @param asked the command that is asked for: the answer has no other, but where this is no command, or tells of all
 */
export async function createProgram(shell: Shell, asked = ''): Promise<Command> {
  const program = new Command('crossfold')
    .description(
      'Cross validation, tuning and deployment as durable pipelines of SageMaker jobs, on AWS or on this machine.',
    )
    .option('--verbose', 'show where an error comes from')
    .exitOverride()
    .showHelpAfterError('(add --help to see what is allowed)')
    .addHelpText('after', EXIT_HELP);
  const one = TELL_OF_ALL.has(asked) ? undefined : COMMANDS.get(asked);
  const read = await Promise.all((one === undefined ? [...COMMANDS.values()] : [one]).map((command) => command()));
  for (const add of read) add(program, shell);
  return program;
}
