import { ScheduleOverlapPolicy, type ScheduleDescription, type ScheduleSpec } from '@temporalio/client';
import { InvalidArgumentError, type Command } from 'commander';
import { duration, milliseconds } from '../../core/duration.ts';

/** Overlap policies by their names on the command line. */
const OVERLAPS = {
  skip: ScheduleOverlapPolicy.SKIP,
  'buffer-one': ScheduleOverlapPolicy.BUFFER_ONE,
  'buffer-all': ScheduleOverlapPolicy.BUFFER_ALL,
  'cancel-other': ScheduleOverlapPolicy.CANCEL_OTHER,
  'allow-all': ScheduleOverlapPolicy.ALLOW_ALL,
} as const;

/** When a schedule fires; what is left out is not asked for. */
export interface TimingOptions {
  readonly cron?: readonly string[];
  readonly every?: number;
  readonly timezone?: string;
  readonly jitter?: number;
  readonly overlap?: ScheduleOverlapPolicy;
  readonly catchup?: number;
}

/** What else a schedule does about firings. */
interface Policies {
  readonly overlap: ScheduleOverlapPolicy;
  readonly catchupWindow: number;
}

const HOUR = milliseconds('1h');

/** Adds the options that say when a schedule fires. */
export function withTimingOptions(command: Command): Command {
  return withOverlapOption(
    command
      .option('--cron <expression>', 'a time, as cron writes it; can be given again', collect)
      .option('--every <duration>', 'an interval, such as 6h', parseDuration)
      .option('--timezone <zone>', 'of --cron, such as Europe/Zurich; default: UTC')
      .option('--jitter <duration>', 'fire up to so much later, at random', parseDuration)
      .option(
        '--catchup <duration>',
        'make up for times missed while the server was down, up to so long ago; default: 1h',
        parseDuration,
      ),
    'what happens to a firing while an earlier one goes on',
  );
}

/** Adds `--overlap`. */
export function withOverlapOption(command: Command, what: string): Command {
  return command.option(
    '--overlap <policy>',
    `${what}: ${Object.keys(OVERLAPS).join(', ')}; default: skip`,
    parseOverlap,
  );
}

/** When a schedule fires, by what is asked for, and else as before. */
export function specOf(
  { cron, every, timezone, jitter }: TimingOptions,
  before?: ScheduleDescription['spec'],
): ScheduleSpec {
  const { calendars, intervals, ...rest } = before ?? {};
  const times =
    cron === undefined && every === undefined
      ? { ...(calendars !== undefined && { calendars }), ...(intervals !== undefined && { intervals }) }
      : {
          ...(cron !== undefined && { cronExpressions: [...cron] }),
          ...(every !== undefined && { intervals: [{ every }] }),
        };
  return { ...rest, ...times, ...(timezone !== undefined && { timezone }), ...(jitter !== undefined && { jitter }) };
}

/** The policies that are asked for, and else as before. */
export function policiesOf({ overlap, catchup }: TimingOptions, before?: Policies): Policies {
  return {
    overlap: overlap ?? before?.overlap ?? ScheduleOverlapPolicy.SKIP,
    catchupWindow: catchup ?? before?.catchupWindow ?? HOUR,
  };
}

/** A policy as the command line names it. */
export function overlapName(policy: ScheduleOverlapPolicy): string {
  return Object.entries(OVERLAPS).find(([, value]) => value === policy)?.[0] ?? 'skip';
}

/** A time in ISO 8601. */
export function parseTime(text: string): Date {
  const time = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError('allowed: a time in ISO 8601, such as 2026-11-25T10:30:00Z.');
}

function parseDuration(text: string): number {
  if (!duration.safeParse(text).success)
    throw new InvalidArgumentError('allowed: a duration such as 30s, 15m, 24h or 7d.');
  return milliseconds(text);
}

function parseOverlap(text: string): ScheduleOverlapPolicy {
  const found = Object.entries(OVERLAPS).find(([name]) => name === text);
  if (found !== undefined) return found[1];
  throw new InvalidArgumentError(`allowed: ${Object.keys(OVERLAPS).join(', ')}.`);
}

function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
