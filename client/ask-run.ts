import { WorkflowNotFoundError } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Command } from 'commander';
import { faultOf, type Grounds } from '../core/approval.ts';
import { CrossfoldError } from '../core/errors.ts';
import type { Shell } from './command.ts';
import { currentUser } from './identity.ts';
import { findRun, type RunHandle } from './runs.ts';
import { withSession, type Session } from './session.ts';
import { requireWorker } from './commands/run.ts';

/** The options of a command that asks a running run for something, and says who asks and why. */
export interface AskOptions {
  readonly by?: string;
  readonly reason: string;
  readonly json?: true;
}

/** Adds the run, `--by` and `--json` to such a command. */
export function withAskOptions(command: Command): Command {
  return command
    .argument('<run>', 'the run')
    .option('--by <name>', 'who decides; default: the user of this machine')
    .option('--json', 'print the answer as JSON');
}

/**
 * Asks a running run for something; the answer is the run's.
 *
 * @throws CrossfoldError RunNotFound, RunNotReady, RequestInvalid, Unreachable; WorkflowUpdateFailedError where it refuses
 */
async function askRun<T>(
  session: Session,
  name: string,
  update: UpdateDefinition<T, [Grounds]>,
  options: AskOptions,
): Promise<{ handle: RunHandle; answer: T }> {
  const asked = { by: options.by ?? currentUser(), reason: options.reason };
  const fault = faultOf(asked);
  if (fault !== undefined) throw new CrossfoldError('RequestInvalid', `found ${fault}; give --by and --reason so.`);
  const handle = await findRun(session.temporal.client, name);
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING') throw ended(handle, status.name.toLowerCase());
  // Without one the question would wait without a word.
  await requireWorker(session);
  try {
    return { handle, answer: await handle.executeUpdate(update, { args: [asked] }) };
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? ended(handle, 'over') : error;
  }
}

/**
 * The action of such a command: asks the run, and prints its answer.
 *
 * @param told what people are told of the answer, and what `--json` prints beside it
 */
export function asking<T>(
  { terminal }: Shell,
  update: UpdateDefinition<T, [Grounds]>,
  told: (run: string, answer: T) => { readonly text: string; readonly json: object },
): (name: string, options: AskOptions) => Promise<void> {
  return async (name, options) => {
    await withSession(async (session) => {
      const { handle, answer } = await askRun(session, name, update, options);
      const run = handle.workflowId;
      const { text, json } = told(run, answer);
      terminal.print(options.json === true ? JSON.stringify({ run, ...json }, null, 2) : text);
    });
  };
}

function ended({ workflowId }: RunHandle, how: string): CrossfoldError {
  return new CrossfoldError(
    'RunNotReady',
    `run ${workflowId} is ${how}, so nothing of it can be changed any more; 'crossfold result ${workflowId}' shows how it ended.`,
  );
}
