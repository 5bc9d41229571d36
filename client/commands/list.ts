import { Option } from 'commander';
import { attributes } from '../../workflows/messages.ts';
import { finiteNumber, timeAgo, wholeNumber } from '../arguments.ts';
import type { AddCommand } from '../command.ts';
import { tableText } from '../format/table.ts';
import { timeText } from '../format/time-text.ts';
import { listRuns, RUN_STATUSES, statusOf, type RunFilter } from '../runs.ts';
import { withSession } from '../session.ts';

/** `crossfold list`: the runs there are. */
export const addList: AddCommand = (program, { terminal }) => {
  program
    .command('list')
    .summary('list runs, newest first')
    .description('Lists the runs that Temporal knows, newest first, with status, stage and best score.')
    .option('--pipeline <name>', 'only runs of this pipeline')
    .addOption(new Option('--status <status>', 'only runs in this state').choices(RUN_STATUSES))
    .option(
      '--since <time>',
      'only runs started since: 24h, 7d, 2w ago, or a date',
      timeAgo(() => new Date()),
    )
    .option('--below <score>', 'only runs whose best score is below this', finiteNumber)
    .option('--above <score>', 'only runs whose best score is above this', finiteNumber)
    .option('--limit <n>', 'at most so many', wholeNumber(1), 20)
    .option('--json', 'print the list as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  crossfold list --pipeline titanic --json\n  crossfold list --status failed --since 7d --below 0.8',
    )
    .action(async ({ limit, json, ...filter }: RunFilter & { limit: number; json?: true }) => {
      await withSession(async ({ temporal }) => {
        const runs = (await listRuns(temporal.client, limit, filter)).map((run) => ({
          run: run.workflowId,
          status: statusOf(run),
          stage: run.typedSearchAttributes.get(attributes.stage) ?? null,
          algorithm: run.typedSearchAttributes.get(attributes.algorithm) ?? null,
          score: run.typedSearchAttributes.get(attributes.score) ?? null,
          started: run.startTime.toISOString(),
          ended: run.closeTime?.toISOString() ?? null,
        }));
        if (json === true) {
          terminal.print(JSON.stringify(runs, null, 2));
          return;
        }
        const rows = runs.map(({ run, status, stage, algorithm, score, started }) => [
          ...[run, status, stage ?? '', algorithm ?? '', score?.toFixed(4) ?? '', timeText(started).slice(5, 16)],
        ]);
        const head = ['run', 'status', 'stage', 'best', 'score', 'started'];
        terminal.print(runs.length === 0 ? 'no runs' : tableText(head, rows, terminal.width()));
      });
    });
};
