import { setTimeout as sleep } from 'node:timers/promises';

/** Bounds the rate of calls: `rate` a second on average, up to one second's worth in a burst. */
export class TokenBucket {
  readonly #rate: number;
  readonly #now: () => number;
  #tokens: number;
  #filled: number;

  /** @param now a clock in milliseconds */
  constructor(rate: number, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
    this.#tokens = rate;
    this.#filled = now();
  }

  /** Takes a token, waiting until there is one. */
  async take(): Promise<void> {
    const now = this.#now();
    this.#tokens = Math.min(this.#rate, this.#tokens + ((now - this.#filled) / 1000) * this.#rate);
    this.#filled = now;
    this.#tokens -= 1;
    if (this.#tokens < 0) await sleep((-this.#tokens / this.#rate) * 1000);
  }
}
