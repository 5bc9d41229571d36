import type { SlotCounts } from '../telemetry.ts';

/** Where a job stands in the queue. */
export interface Turn {
  /** Jobs that were asked for together, and may come in any order. */
  readonly group: string;
  /** The order in which they were meant to start. */
  readonly place: number;
}

/** The first place of a group: nobody has to be waited for. */
const FIRST = 1;
/** Where slots are free, a job that is not its group's first waits so long for those before it, milliseconds: the server sends them in any order. */
const GATHERING_MS = 100;

interface Waiting extends Turn {
  readonly grant: () => void;
}

/**
 * Launch tokens: at most `size` jobs of this worker run at once. Jobs wait here, in order, so that a freed slot is taken
 * at once and not after a round trip through the server. Who has waited longest is next, with its group's first in its stead.
 */
export class Slots implements SlotCounts {
  readonly #size: number;
  #free: number;
  readonly #waiting: Waiting[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#free = size;
  }

  get running(): number {
    return this.#size - this.#free;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Waits for a token; the answer gives it back, once.
   *
   * @throws the signal's reason when it aborts first
   */
  async acquire(signal: AbortSignal, turn: Turn): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0 && turn.place <= FIRST) this.#free -= 1;
    else await this.#wait(signal, turn);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#free += 1;
      this.#grant();
    };
  }

  #grant(): void {
    while (this.#free > 0) {
      const next = this.#next();
      if (next === undefined) return;
      this.#free -= 1;
      next.grant();
    }
  }

  #next(): Waiting | undefined {
    const longest = this.#waiting.shift();
    if (longest === undefined) return undefined;
    const group = this.#waiting.filter((waiting) => waiting.group === longest.group);
    const first = group.reduce((best, each) => (each.place < best.place ? each : best), longest);
    // They change places, so that a group has no more turns than it has waited for.
    if (first !== longest) this.#waiting[this.#waiting.indexOf(first)] = longest;
    return first;
  }

  async #wait(signal: AbortSignal, turn: Turn): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const grant = (): void => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      const waiting = { ...turn, grant };
      const aborted = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason instanceof Error ? signal.reason : new Error('waiting for a slot was aborted'));
      };
      this.#waiting.push(waiting);
      if (this.#free > 0) setTimeout(() => this.#grant(), GATHERING_MS);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }
}
