import { randomUUID } from 'node:crypto';

/** A message as a receiver gets it. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** What deletes it, after this delivery. */
  readonly receipt: string;
}

interface Held {
  readonly id: string;
  readonly body: string;
  receipt: string;
  /** When it can be received, epoch milliseconds. */
  visible: number;
}

/** Of more messages that nobody deletes the oldest are lost. */
const CAPACITY = 10_000;
/** A message that is not deleted comes again after this long, milliseconds: what a new queue of SQS has. */
const VISIBILITY_MS = 30_000;

/** A queue in memory: each message is delivered at least once. */
export class MessageQueue {
  #held: Held[] = [];
  readonly #waiting = new Set<() => void>();

  send(body: string): void {
    this.#held.push({ id: randomUUID(), body, receipt: '', visible: 0 });
    if (this.#held.length > CAPACITY) this.#held.shift();
    for (const wake of this.#waiting) wake();
  }

  /** The next messages; where there are none, those that come within `waitMs`. */
  async receive(most: number, waitMs: number): Promise<Message[]> {
    const until = Date.now() + waitMs;
    for (;;) {
      const now = Date.now();
      const found = this.#held.filter(({ visible }) => visible <= now).slice(0, most);
      if (found.length > 0 || now >= until) return found.map((held) => delivered(held, now));
      await this.#changed(Math.min(until, ...this.#held.map(({ visible }) => visible)) - now);
    }
  }

  delete(receipt: string): void {
    this.#held = this.#held.filter((held) => held.receipt !== receipt);
  }

  /** Until a message is sent, or for this long. */
  async #changed(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms).unref();
      this.#waiting.add(wake);
    });
  }
}

function delivered(held: Held, now: number): Message {
  held.visible = now + VISIBILITY_MS;
  held.receipt = randomUUID();
  const { id, body, receipt } = held;
  return { id, body, receipt };
}
