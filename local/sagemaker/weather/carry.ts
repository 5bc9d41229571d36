import type { JsonObject } from '../json.ts';
import type { Carry } from '../router.ts';
import type { Store } from '../store.ts';
import type { Weather } from './weather.ts';

/** The connection of this request is cut: nothing is answered. */
export class CutError extends Error {}

const READS = /^(Describe|List)/;

/** Carries operations out under the weather. */
export function carryUnder(weather: Weather, store: Store): Carry {
  return async (name, act) => {
    await weather.meet(name);
    if (weather.cuts('before')) throw new CutError();
    const read = READS.test(name) && weather.lag > 0;
    const done: JsonObject = await (read ? store.readLate(weather.lag, act) : act());
    // The nasty one: done, and its caller does not know.
    if (weather.cuts('after')) throw new CutError();
    return done;
  };
}
