import { CrossfoldError } from '../../core/errors.ts';
import { status as stackStatus } from '../../local/stack/stack.ts';
import { stateQuery } from '../../workflows/messages.ts';
import type { AddCommand, Shell } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { scoreTable } from '../format/result-text.ts';
import { controlLines } from '../format/control-text.ts';
import { tableText } from '../format/table.ts';
import { timeText } from '../format/time-text.ts';
import { findRun, runLink, statusOf } from '../runs.ts';
import { withSession } from '../session.ts';

/** `crossfold status`: how the local stack is, or how far a run is. */
export const addStatus: AddCommand = (program, shell) => {
  program
    .command('status')
    .summary('show the local stack, or how far a run is')
    .description(
      'Without a run: the processes of the local stack; exits with 5 where one is not running. With a run: its state.',
    )
    .argument('[run]', 'the run')
    .option('--json', 'print the state as JSON')
    .addHelpText('after', '\nExamples:\n  crossfold status\n  crossfold status titanic/2026-11-25T10-30Z-7f3a')
    .action(async (name: string | undefined, options: { json?: true }) => {
      await (name === undefined
        ? showStack(shell, options.json === true)
        : showRun(shell, name, options.json === true));
    });
};

async function showStack({ terminal, exit }: Shell, json: boolean): Promise<void> {
  const stack = await stackStatus();
  if (json) {
    terminal.print(JSON.stringify(stack, null, 2));
  } else {
    const rows = stack.services.map(({ title, state, pid, url, since }) => [
      ...[title, state, String(pid ?? ''), url ?? '', since === undefined ? '' : timeText(since)],
    ]);
    const table = tableText(['service', 'state', 'pid', 'url', 'since'], rows, terminal.width());
    terminal.print(`${table}\nstate and logs: ${stack.home}`);
  }
  if (!stack.up) exit(EXIT.unreachable);
}

async function showRun({ terminal }: Shell, name: string, json: boolean): Promise<void> {
  await withSession(async ({ settings, temporal }) => {
    const handle = await findRun(temporal.client, name);
    const status = statusOf(await handle.describe());
    const state = await handle.query(stateQuery).catch((error: unknown) => {
      throw new CrossfoldError(
        'Unreachable',
        `no worker tells the state of ${handle.workflowId}; start one with 'crossfold worker'.`,
        { cause: error },
      );
    });
    const link = runLink(settings.uiUrl, temporal.namespace, handle);
    if (json) {
      terminal.print(JSON.stringify({ run: handle.workflowId, status, link, ...state }, null, 2));
      return;
    }
    const folds = state.folds.filter((fold) => fold === 'done').length;
    const lines = [
      `${handle.workflowId}: ${status}, stage ${state.stage}`,
      `folds ${folds} of ${state.folds.length}, jobs ${state.jobs.length} of ${state.plannedJobs}`,
      link,
    ];
    lines.push(...controlLines(state));
    if (state.trials.length > 0)
      lines.push(
        scoreTable(
          state.trials.filter(({ setting }) => setting.id.startsWith('base-')),
          terminal.width(),
        ),
      );
    terminal.print(lines.join('\n'));
  });
}
