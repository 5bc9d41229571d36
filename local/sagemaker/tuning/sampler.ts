import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { validation } from '../errors.ts';
import type { Pruning } from './plan.ts';
import type { ParameterRanges } from './ranges.ts';

const TUNER = fileURLToPath(new URL('../python/tuner.py', import.meta.url));

export const hyperparameters = z.record(z.string(), z.string());
export type Hyperparameters = z.infer<typeof hyperparameters>;

const answer = z.object({
  ready: z.boolean().optional(),
  done: z.boolean().optional(),
  error: z.string().optional(),
  trial: z.int().optional(),
  hyperparameters: hyperparameters.optional(),
  prune: z.boolean().optional(),
});
type Answer = z.infer<typeof answer>;

/** What is searched, as tuner.py takes it. */
export interface Question {
  readonly name: string;
  readonly strategy: string;
  readonly seed: number;
  readonly goal: string;
  readonly ranges: ParameterRanges;
  readonly pruning: Pruning | null;
}

/** One proposal of the sampler. */
export interface Proposal {
  readonly trial: number;
  readonly hyperparameters: Hyperparameters;
}

/** Optuna's samplers, in a Python process of their own: asked and told one after the other. */
export class Sampler {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(python: string, inherited: Readonly<Record<string, string>>) {
    this.#child = spawn(python, [TUNER], { env: inherited, stdio: ['pipe', 'pipe', 'pipe'] });
    // Its end is seen where its answer is missing.
    this.#child.on('error', () => undefined);
    this.#child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws ServiceError ValidationException for a search that cannot be made */
  static async open(python: string, inherited: Readonly<Record<string, string>>, question: Question): Promise<Sampler> {
    const sampler = new Sampler(python, inherited);
    await sampler.#say({ ...question });
    return sampler;
  }

  /** The next proposal; undefined where a grid has none left. */
  async ask(): Promise<Proposal | undefined> {
    const { trial, hyperparameters } = await this.#say({ ask: true });
    return trial === undefined || hyperparameters === undefined ? undefined : { trial, hyperparameters };
  }

  /** Adds what an earlier tuning job found. */
  async learn(found: Hyperparameters, value: number): Promise<void> {
    await this.#say({ parent: found, value });
  }

  /** Takes up a trial from before a restart, and yields its number. */
  async retake(made: Hyperparameters): Promise<number | undefined> {
    return (await this.#say({ made })).trial;
  }

  /** Whether a trial that runs is to be stopped, for its values so far: one an epoch. */
  async shouldStop(trial: number, values: readonly number[]): Promise<boolean> {
    return (await this.#say({ report: trial, values })).prune === true;
  }

  /** Notes how a trial ended; null for one without a value. */
  async tell(trial: number, value: number | null, pruned: boolean): Promise<void> {
    await this.#say({ tell: trial, value, pruned });
  }

  close(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }

  async #say(line: object): Promise<Answer> {
    const turn = this.#last.then(async () => {
      this.#child.stdin.write(`${JSON.stringify(line)}\n`);
      const next = await this.#lines.next();
      if (next.done === true) throw validation('the sampler ended before it answered');
      const found = answer.parse(JSON.parse(next.value));
      if (found.error !== undefined) throw validation(found.error);
      return found;
    });
    this.#last = turn.catch(() => undefined);
    return await turn;
  }
}
