import { InvalidArgumentError } from 'commander';

/** Parses a whole number from `least` on. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`allowed: a whole number from ${least} on.`);
  };
}

/** Parses a finite number. */
export function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('allowed: a number.');
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** Parses a time: so long ago, as `90m`, `24h`, `7d` or `2w`, or a date or time in ISO 8601. */
export function timeAgo(now: () => Date): (text: string) => Date {
  return (text) => {
    const [, count, unit] = /^(\d+)([mhdw])$/.exec(text) ?? [];
    const ms = UNITS.get(unit ?? '');
    if (count !== undefined && ms !== undefined) return new Date(now().getTime() - Number(count) * ms);
    const time = new Date(text);
    if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(time.getTime())) return time;
    throw new InvalidArgumentError('allowed: 90m, 24h, 7d, 2w, or a date or time such as 2026-03-31.');
  };
}
