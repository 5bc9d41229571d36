import { CrossfoldError } from '../../core/errors.ts';
import { priceOf } from '../../core/prices.ts';
import type { JobRecord, RunInput } from '../../core/run.ts';
import { runCost, type RunCost } from '../../core/run-cost.ts';
import { stateQuery } from '../../workflows/messages.ts';
import type { AddCommand } from '../command.ts';
import { tableText } from '../format/table.ts';
import { elapsed } from '../live-lines.ts';
import { inputOfRun } from '../run-input.ts';
import { findRun, type RunHandle } from '../runs.ts';
import { withSession } from '../session.ts';

/** `crossfold cost`: what a run has cost. */
export const addCost: AddCommand = (program, { terminal }) => {
  program
    .command('cost')
    .summary('show what a run has cost')
    .description(
      'Shows the jobs of a run by what they did, their time on instances and what that costs at the price table; of a run that ' +
        'goes on, the jobs that have ended. Endpoints and storage are not in it.',
    )
    .argument('[run]', 'the run; without it the newest one')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  crossfold cost titanic/2026-11-25T10-30Z-7f3a')
    .action(async (name: string | undefined, options: { json?: true }) => {
      await withSession(async ({ temporal }) => {
        const handle = await findRun(temporal.client, name);
        const input = await inputOfRun(temporal, handle);
        const price = priceOf(input.pipeline.jobs);
        const cost = runCost(await jobsOf(handle), price);
        const answer = {
          run: handle.workflowId,
          instance: input.pipeline.jobs.instance,
          price: price ?? null,
          ...cost,
        };
        terminal.print(options.json === true ? JSON.stringify(answer, null, 2) : costText(answer, terminal.width()));
      });
    });
};

async function jobsOf(handle: RunHandle): Promise<readonly JobRecord[]> {
  const state = await handle.query(stateQuery).catch((error: unknown) => {
    throw new CrossfoldError(
      'Unreachable',
      `no worker tells the state of ${handle.workflowId}; start one with 'crossfold worker'.`,
      { cause: error },
    );
  });
  return state.jobs;
}

type Answer = RunCost & {
  readonly run: string;
  readonly instance: RunInput['pipeline']['jobs']['instance'];
  readonly price: number | null;
};

function costText({ run, instance, price, rows, jobs, seconds, cost, reused }: Answer, width: number): string {
  const usd = (value: number | null): string => value?.toPrecision(3) ?? '';
  const lines = [...rows, { type: 'all', jobs, seconds, cost }].map((row) => [
    ...[row.type, String(row.jobs), elapsed(1000 * row.seconds), usd(row.cost)],
  ]);
  const table = tableText(['jobs', 'number', 'on instances', 'USD'], lines, width);
  const rate = price === null ? 'no price is known: give jobs.price in the pipeline file' : `USD ${price} an hour`;
  const over = reused === 0 ? '' : `; ${reused} jobs were taken over from earlier runs`;
  return `${run}\n${table}\n${instance}: ${rate}${over}`;
}
