import type { ScheduleSummary } from '@temporalio/client';
import type { AddCommand } from '../command.ts';
import { tableText } from '../format/table.ts';
import { timeText } from '../format/time-text.ts';
import { withSession, type Session } from '../session.ts';
import { firingsOf } from './outcomes.ts';
import { RETRAIN, withSchedule } from './schedules.ts';
import { overlapName } from './timing.ts';

/** `crossfold schedule list` and `describe`. */
export const addScheduleViews: AddCommand = (schedule, { terminal }) => {
  schedule
    .command('list')
    .summary('list the schedules')
    .option('--json', 'print the list as JSON')
    .action(async (options: { json?: true }) => {
      await withSession(async (session) => {
        const found = await schedulesOf(session);
        if (options.json === true) {
          terminal.print(JSON.stringify(found, null, 2));
          return;
        }
        const rows = found.map(({ schedule: name, state, next, latest }) => [name, state, next ?? '', latest ?? '']);
        const head = ['schedule', 'state', 'next', 'latest'];
        terminal.print(found.length === 0 ? 'no schedules' : tableText(head, rows, terminal.width()));
      });
    });

  schedule
    .command('describe')
    .summary('show when a schedule fires, and what its latest firings came to')
    .argument('<name>', 'the schedule')
    .option('--json', 'print the answer as JSON')
    .action(async (name: string, options: { json?: true }) => {
      await withSession(async (session) => {
        const { state, policies, info } = await withSchedule(session, name, (handle) => handle.describe());
        const answer = {
          schedule: name,
          state: state.paused ? 'paused' : 'active',
          note: state.note ?? '',
          overlap: overlapName(policies.overlap),
          catchup: policies.catchupWindow,
          next: info.nextActionTimes.map((time) => time.toISOString()),
          fired: info.numActionsTaken,
          missed: info.numActionsMissedCatchupWindow,
          skipped: info.numActionsSkippedOverlap,
          firings: await firingsOf(session, info.recentActions),
        };
        if (options.json === true) {
          terminal.print(JSON.stringify(answer, null, 2));
          return;
        }
        const rows = answer.firings.map(({ at, outcome, reason }) => [timeText(at), outcome, reason]);
        const table = tableText(['fired', 'outcome', 'reason'], rows, terminal.width());
        terminal.print(
          [
            `${name}: ${answer.state}${answer.note === '' ? '' : ` (${answer.note})`}, next ${answer.next[0] ?? 'never'}`,
            `fired ${answer.fired} times, missed ${answer.missed}, left out ${answer.skipped} that overlapped (${answer.overlap})`,
            ...(answer.firings.length === 0 ? [] : [table]),
          ].join('\n'),
        );
      });
    });
};

interface Listed {
  readonly schedule: string;
  readonly state: 'paused' | 'active';
  readonly next: string | null;
  readonly latest: string | null;
}

async function schedulesOf({ temporal }: Session): Promise<Listed[]> {
  const found: Listed[] = [];
  for await (const each of temporal.client.schedule.list())
    if (each.action?.workflowType === RETRAIN) found.push(listed(each));
  return found;
}

function listed({ scheduleId, state, info }: ScheduleSummary): Listed {
  return {
    schedule: scheduleId,
    state: state.paused ? 'paused' : 'active',
    next: info.nextActionTimes[0]?.toISOString() ?? null,
    latest: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
  };
}
