import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws for each concern from a sequence of its own, so that one more request of one kind changes nothing for another. */
export class Dice {
  readonly #seed: number;
  readonly #sequences = new Map<string, ReturnType<typeof xoroshiro128plus>>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A number from 0 to 1, 1 excluded. */
  roll(concern: string): number {
    let sequence = this.#sequences.get(concern);
    if (sequence === undefined) {
      sequence = xoroshiro128plus(hash(`${this.#seed}/${concern}`));
      this.#sequences.set(concern, sequence);
    }
    return uniformFloat64(sequence);
  }

  /** Whether it comes about, with this probability. */
  happens(concern: string, share: number): boolean {
    return share > 0 && this.roll(concern) < share;
  }

  between(concern: string, [least, most]: readonly [number, number]): number {
    return least + (most - least) * this.roll(concern);
  }
}

/** A 32-bit seed from a text (FNV-1a). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}
