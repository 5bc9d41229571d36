import Table from 'cli-table3';
import { InvalidArgumentError } from 'commander';
import { attributes } from '../../workflows/messages.ts';
import type { AddCommand } from '../command.ts';
import { listRuns, statusOf } from '../runs.ts';
import { withSession } from '../session.ts';

/** `crossfold list`: the runs there are. */
export const addList: AddCommand = (program, { terminal }) => {
  program
    .command('list')
    .summary('list runs, newest first')
    .description('Lists the runs that Temporal knows, newest first, with status, stage and best score.')
    .option('--pipeline <name>', 'only runs of this pipeline')
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .option('--json', 'print the list as JSON')
    .addHelpText('after', '\nExample:\n  crossfold list --pipeline titanic --json')
    .action(async (options: { pipeline?: string; limit: number; json?: true }) => {
      await withSession(async ({ temporal }) => {
        const runs = (await listRuns(temporal.client, options.limit, options.pipeline)).map((run) => ({
          run: run.workflowId,
          status: statusOf(run),
          stage: run.typedSearchAttributes.get(attributes.stage) ?? null,
          algorithm: run.typedSearchAttributes.get(attributes.algorithm) ?? null,
          score: run.typedSearchAttributes.get(attributes.score) ?? null,
          started: run.startTime.toISOString(),
          ended: run.closeTime?.toISOString() ?? null,
        }));
        if (options.json === true) {
          terminal.print(JSON.stringify(runs, null, 2));
          return;
        }
        const table = new Table({
          head: ['run', 'status', 'stage', 'best', 'score', 'started'],
          style: { head: [], border: [] },
        });
        for (const { run, status, stage, algorithm, score, started } of runs) {
          table.push([run, status, stage ?? '', algorithm ?? '', score?.toFixed(4) ?? '', started.slice(0, 19)]);
        }
        terminal.print(runs.length === 0 ? 'no runs' : table.toString());
      });
    });
};

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('a whole number from 1 on is wanted');
}
