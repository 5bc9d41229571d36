import { patched } from '@temporalio/workflow';
import type { Pipeline } from '../core/pipeline.ts';
import type { Goal } from '../core/results.ts';
import { questionOf, suggesterOf, wavesOf, type Tried } from '../core/sampling.ts';
import { beginningWith, numbered, settingsToTry, type Suggester } from '../core/search.ts';
import type { Setting } from '../core/setting.ts';
import type { RunContext } from '../core/steps.ts';
import { suggestSpec } from '../core/suggest-spec.ts';
import type { JobRunner } from './job.ts';

/** The settings of a tuning come in waves: in one, but where a sampler learns from the scores of each before the next. */
export class Waves {
  readonly #context: RunContext;
  readonly #jobs: JobRunner;
  readonly #asked: Asked;
  readonly #sizes: readonly number[];
  readonly #suggester: Suggester | undefined;

  constructor(context: RunContext, jobs: JobRunner, asked: Asked) {
    this.#context = context;
    this.#jobs = jobs;
    this.#asked = asked;
    this.#sizes = wavesOf(asked.tuning);
    this.#suggester = suggesterOf(asked.tuning);
  }

  /** The first wave, which no score has any part in: those of every fold that tunes on its own begin with it. */
  async first(): Promise<Setting[]> {
    const { tuning, bases } = this.#asked;
    const { pipeline, champion } = this.#context.input;
    const plan = { ...pipeline, tuning };
    if (this.#suggester === undefined) {
      // The fits of a run that began with another generator are of the settings that it drew.
      const generator = patched('drawn-by-mersenne') ? 'mersenne' : 'xoroshiro128plus';
      return settingsToTry(plan, bases, tuning.seed, champion?.setting, generator);
    }
    const suggested = await this.#suggest(this.#suggester, this.#step('tune', 0), 0, [], 0);
    return beginningWith(champion?.setting, plan, suggested);
  }

  /**
   * Scores wave by wave, and answers with all that was tried. It ends early where the ranges have no other setting left.
   *
   * @param folds how many folds a setting is scored on that does not leave the race
   * @param score scores the settings of a wave; the steps of its jobs are named below `step`
   */
  async each<T extends Tried>(
    first: readonly Setting[],
    folds: number,
    within: string,
    score: (settings: readonly Setting[], step: string) => Promise<T[]>,
  ): Promise<T[]> {
    const tried = await score(first, this.#step(within, 0));
    if (this.#suggester === undefined) return tried;
    for (let index = 1; index < this.#sizes.length; index += 1) {
      const step = this.#step(within, index);
      const settings = await this.#suggest(this.#suggester, step, index, tried, folds);
      if (settings.length === 0) break;
      tried.push(...(await score(settings, step)));
    }
    return tried;
  }

  async #suggest(
    sampler: Suggester,
    step: string,
    wave: number,
    tried: readonly Tried[],
    folds: number,
  ): Promise<Setting[]> {
    const { bases, goal, tuning } = this.#asked;
    const { pipeline } = this.#context.input;
    const asked = { seed: tuning.seed, count: this.#sizes[wave] ?? 0, goal, folds };
    const question = questionOf(sampler, pipeline, bases, asked, tried);
    const { result } = await this.#jobs.run(
      (attempt) => suggestSpec(this.#context, `${step}/suggest`, question, attempt),
      0,
    );
    return numbered(result.settings, tried.length);
  }

  #step(within: string, wave: number): string {
    return this.#sizes.length === 1 ? within : `${within}/wave-${wave + 1}`;
  }
}

/** What is searched, and how. */
interface Asked {
  readonly tuning: NonNullable<Pipeline['tuning']>;
  /** The base settings of the algorithms to tune. */
  readonly bases: readonly Setting[];
  readonly goal: Goal;
}
