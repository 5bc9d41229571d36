import { z } from 'zod';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^([1-9]\d{0,8})(ms|s|m|h|d)$/;

/** A duration as people write it: `90s`, `24h`, `7d`. */
export const duration = z.string().regex(PATTERN, 'a duration such as 30s, 15m, 24h or 7d');

/**
 * A duration in milliseconds.
 *
 * @throws RangeError for a text that is none
 */
export function milliseconds(text: string): number {
  const [, count, unit] = PATTERN.exec(text) ?? [];
  const size = Object.entries(UNITS).find(([name]) => name === unit)?.[1];
  if (count === undefined || size === undefined) throw new RangeError(`${text} is no duration such as 30s, 24h or 7d`);
  return Number(count) * size;
}
