import { ServiceError } from '../errors.ts';
import type { Variant } from './variant.ts';

/** How many requests serverless variants answer at once. */
export class Concurrency {
  readonly #running = new Map<string, number>();

  /**
   * Counts a request until the function that is returned is called.
   *
   * @throws ServiceError ThrottlingException where as many run as the variant takes
   */
  enter({ folder, name, serverless }: Variant): () => void {
    if (serverless === undefined) return () => undefined;
    const running = this.#running.get(folder) ?? 0;
    if (running >= serverless.MaxConcurrency) {
      const words = `Rate exceeded: variant ${name} answers ${running} requests, its maximum concurrency.`;
      throw new ServiceError('ThrottlingException', words);
    }
    this.#running.set(folder, running + 1);
    return () => {
      const left = (this.#running.get(folder) ?? 1) - 1;
      if (left === 0) this.#running.delete(folder);
      else this.#running.set(folder, left);
    };
  }
}
