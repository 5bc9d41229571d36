import { KeptOutcomes, type KeptFit } from '../../activities/kept.ts';
import type { ObjectStore } from '../../activities/objects.ts';
import { foldKey, splitKey } from '../../core/cache-keys.ts';
import { baseSettings } from '../../core/pipeline.ts';
import { resultSchemas, type SplitResult } from '../../core/results.ts';
import type { RunInput } from '../../core/run.ts';
import { goalOf, ranked, trialsOf } from '../../core/scores.ts';
import { algorithmsToTune, settingsToTry } from '../../core/search.ts';
import type { Setting } from '../../core/setting.ts';
import { familiesOf, homeOf } from '../../core/steps.ts';

/** What earlier runs of the same content have left for a run, as far as it can be told before it. */
export interface Reusable {
  readonly split: SplitResult | undefined;
  /** Folds that are preprocessed. */
  readonly preprocessed: number;
  /** Fits of the base settings. */
  readonly base: number;
  /** Fits of the tuning; undefined where it depends on fits that are still to be made which settings are tried. */
  readonly tune: number | undefined;
}

/** Looks in S3 for what a run would take over; changes nothing. */
export async function findReusable(input: RunInput, objects: ObjectStore): Promise<Reusable> {
  const nothing = { split: undefined, preprocessed: 0, base: 0, tune: 0 };
  if (!input.reuse) return nothing;
  const kept = new KeptOutcomes(objects);
  const home = homeOf(input);
  const marker = await kept.step(home, splitKey(input));
  if (marker === undefined) return nothing;
  const split = resultSchemas.split.parse(marker.result);
  const markers = await Promise.all(split.folds.map(({ fold }) => kept.step(home, foldKey(input, fold))));
  const settings = baseSettings(input.pipeline);
  const base = onceEach(await fitsOf(input, kept, settings));
  return {
    split,
    preprocessed: markers.filter((each) => each !== undefined).length,
    base: base.length,
    tune: base.length < settings.length * split.folds.length ? undefined : await tuneFits(input, kept, split, base),
  };
}

/** With all fits of the base settings it is known which settings the tuning will try. */
async function tuneFits(
  input: RunInput,
  kept: KeptOutcomes,
  split: SplitResult,
  base: readonly KeptFit[],
): Promise<number | undefined> {
  const { pipeline } = input;
  const { tuning, objective } = pipeline;
  // A sample has rows, and so keys, of its own.
  if (tuning === undefined || tuning.sample !== undefined) return undefined;
  const fits = base.map(({ fit }) => fit);
  const trials = trialsOf(baseSettings(pipeline), fits, split.folds.length, objective);
  const order = ranked(trials, goalOf(split, objective)).map(({ setting }) => setting);
  const bases = algorithmsToTune(order, tuning.tune, pipeline);
  const settings = settingsToTry({ ...pipeline, tuning }, bases, tuning.seed);
  return onceEach(await fitsOf(input, kept, settings)).length;
}

async function fitsOf(input: RunInput, kept: KeptOutcomes, settings: readonly Setting[]): Promise<KeptFit[]> {
  const found = Object.entries(familiesOf(input, settings)).map(([algorithm, family]) =>
    kept.fits(
      homeOf(input),
      family,
      settings.filter((setting) => setting.algorithm === algorithm),
    ),
  );
  return (await Promise.all(found)).flat();
}

/** Several jobs may have made the same fit. */
function onceEach(fits: readonly KeptFit[]): KeptFit[] {
  return [...new Map(fits.map((each) => [`${each.fit.setting} ${each.fit.fold}`, each])).values()];
}
