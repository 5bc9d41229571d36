import { STARTUPS, type MethodRow } from './comparison.ts';
import type { Method } from './methods.ts';

/**
 * Which method to take and why, in a sentence: the fastest by the estimates, and the cheapest by the seconds that are billed. Methods that
 * do not score alike are not weighed against each other.
 *
 * @throws RangeError for no row
 */
export function recommendation(rows: readonly MethodRow[]): string {
  const [first] = rows;
  const other = rows.find(({ scores }) => !scores.equal);
  if (first !== undefined && other !== undefined) return differing(first, other);

  const cheapest = least(rows, ({ instanceSeconds }) => instanceSeconds);
  const fastest = new Map<Method, number[]>();
  for (const startup of STARTUPS) {
    const { method } = least(rows, (row) => wallAt(row, startup));
    fastest.set(method, [...(fastest.get(method) ?? []), startup]);
  }
  const [[always] = [], ...others] = fastest;
  if (others.length > 0) {
    const places = [...fastest].map(
      ([method, startups]) => `${method} where a job takes ${startups.join(' or ')} s to start`,
    );
    return `Take ${places.join(', and ')}, as each is the fastest there; ${cheapest.method} is the cheapest.`;
  }
  if (always === cheapest.method) return `Take ${always}: it is the fastest at every start-up time, and the cheapest.`;
  const fast = rows.find(({ method }) => method === always) ?? cheapest;
  const saved = (100 * (1 - cheapest.instanceSeconds / fast.instanceSeconds)).toFixed(1);
  return (
    `Take ${fast.method} where time counts, as it is the fastest at every start-up time; ` +
    `take ${cheapest.method} where money counts, as ${saved} % less is billed.`
  );
}

function differing(first: MethodRow, { method, scores: { compared, largest } }: MethodRow): string {
  return compared === 0
    ? `${method} has no fit in common with ${first.method}: find out why before you choose.`
    : `The scores of ${method} differ from those of ${first.method} by up to ${largest.toPrecision(2)}: find out why before you choose.`;
}

function wallAt({ estimates }: MethodRow, startup: number): number {
  return estimates.find((estimate) => estimate.startup === startup)?.wall ?? Infinity;
}

/** Of equals the first. */
function least(rows: readonly MethodRow[], of: (row: MethodRow) => number): MethodRow {
  const [first, ...rest] = rows;
  if (first === undefined) throw new RangeError('no method to recommend');
  return rest.reduce((best, row) => (of(row) < of(best) ? row : best), first);
}
