import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { faultOf } from '../../core/approval.ts';
import { CrossfoldError } from '../../core/errors.ts';
import { TASK_QUEUE } from '../../core/names.ts';
import type { rollbackWorkflow } from '../../workflows/index.ts';
import type { AddCommand } from '../command.ts';
import { currentUser } from '../identity.ts';
import { withSession } from '../session.ts';
import { patienceOf } from '../submit.ts';
import { requireWorker } from './run.ts';

/** `crossfold rollback`: takes an endpoint back to the config that it had before. */
export const addRollback: AddCommand = (program, { terminal }) => {
  program
    .command('rollback')
    .summary('take an endpoint back to the model that it served before')
    .description(
      'Takes an endpoint back to the config that it had before the one that it serves, and waits until it serves it. ' +
        'Once more goes back one more.',
    )
    .argument('<endpoint>', 'the endpoint')
    .option('--by <name>', 'who decides; default: the user of this machine')
    .option('--reason <text>', 'why, as Temporal keeps it', 'no reason given')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', '\nExample:\n  crossfold rollback churn --reason "complaints since noon"')
    .action(async (endpoint: string, options: { by?: string; reason: string; json?: true }) => {
      await withSession(async (session) => {
        const asked = { by: options.by ?? currentUser(), reason: options.reason };
        const fault = faultOf(asked);
        if (fault !== undefined)
          throw new CrossfoldError('RequestInvalid', `found ${fault}; give --by and --reason so.`);
        await requireWorker(session);
        const answer = await session.temporal.client.workflow.execute<typeof rollbackWorkflow>('rollbackWorkflow', {
          taskQueue: TASK_QUEUE,
          workflowId: `rollback/${endpoint}`,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          staticSummary: `Roll back ${endpoint}, asked by ${asked.by}`,
          args: [{ endpoint, ...asked, patience: patienceOf(session.settings) }],
        });
        terminal.print(
          options.json === true
            ? JSON.stringify(answer, null, 2)
            : `endpoint ${endpoint} serves ${answer.to} again, instead of ${answer.from}`,
        );
      });
    });
};
