/** The longest pause between two looks, milliseconds. */
const LONGEST_MS = 2000;

/**
 * How far apart looks at something that goes on may be, milliseconds: little while it is new, up to two seconds as it grows old.
 * Its end is seen half a pause late, and looks take their part of each pause: for that age both together are least at the square root.
 *
 * @param ageMs for how long it has gone on, milliseconds
 * @param lookMs what a look takes, milliseconds
 * @param longestMs the longest pause, milliseconds, where it may be another than two seconds
 */
export function pauseBetweenLooks(ageMs: number, lookMs: number, longestMs = LONGEST_MS): number {
  return Math.min(Math.sqrt(lookMs * ageMs), longestMs);
}
