import pMap from 'p-map';
import { z } from 'zod';
import { canonical } from '../core/content-key.ts';
import { JOB_KINDS } from '../core/jobs.ts';
import { cachePrefix, successMarker } from '../core/layout.ts';
import { resultSchemas, type FitResult } from '../core/results.ts';
import type { Setting } from '../core/setting.ts';
import { READS_AT_ONCE, type ObjectStore } from './objects.ts';

/** Where a kept outcome came from. */
const source = z.object({ job: z.string(), kind: z.enum(JOB_KINDS), output: z.string() });

const keptStep = source.extend({ result: z.unknown() });
/** What a job took, as MeasuredJob of core/batch-size.ts has it. */
const measured = z.object({ startup: z.number(), seconds: z.number(), working: z.number(), fits: z.number() });
const keptBatch = source.extend({ fits: resultSchemas.fits.shape.fits, measured: measured.exactOptional() });

export type KeptStep = z.infer<typeof keptStep>;
export type KeptBatch = z.infer<typeof keptBatch>;

/** A fit that an earlier job made, under the name that the setting has now. */
export interface KeptFit extends Pick<KeptBatch, 'job' | 'output' | 'measured'> {
  readonly fit: FitResult;
}

/** Batches that are remembered, so that what never changes is read once. */
const REMEMBERED = 2000;

/** What earlier jobs have found, in S3 under the keys of its content. Nothing that is there is ever changed. */
export class KeptOutcomes {
  readonly #objects: ObjectStore;
  readonly #batches = new Map<string, KeptBatch>();

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** What a step of this key found; undefined where none has. */
  async step(home: string, key: string): Promise<KeptStep | undefined> {
    const text = await this.#objects.readText(successMarker(home, key));
    return text === undefined ? undefined : keptStep.parse(JSON.parse(text));
  }

  async keepStep(home: string, key: string, outcome: KeptStep): Promise<void> {
    await this.#objects.writeText(successMarker(home, key), JSON.stringify(outcome), 'application/json');
  }

  async keepFits(home: string, families: Readonly<Record<string, string>>, batch: KeptBatch): Promise<void> {
    await Promise.all(
      Object.entries(families).map(async ([algorithm, key]) => {
        const fits = batch.fits.filter((fit) => fit.algorithm === algorithm);
        const uri = `${cachePrefix(home, key)}${batch.job}.json`;
        await this.#objects.writeText(uri, JSON.stringify({ ...batch, fits }), 'application/json');
      }),
    );
  }

  /** The fits of these settings that a family has, on any fold. */
  async fits(home: string, family: string, settings: readonly Setting[]): Promise<KeptFit[]> {
    const wanted = new Map<string, string[]>();
    for (const { id, hyperparameters } of settings) {
      const content = canonical(hyperparameters);
      wanted.set(content, [...(wanted.get(content) ?? []), id]);
    }
    const uris = this.#objects.list(cachePrefix(home, family));
    const batches = await pMap(uris, (uri) => this.#batch(uri), READS_AT_ONCE);
    return batches.flatMap(({ fits, job, output, measured }) => {
      const from = { job, output, ...(measured && { measured }) };
      return fits.flatMap((fit) =>
        (wanted.get(canonical(fit.hyperparameters)) ?? []).map((setting) => ({ fit: { ...fit, setting }, ...from })),
      );
    });
  }

  async #batch(uri: string): Promise<KeptBatch> {
    const known = this.#batches.get(uri);
    if (known !== undefined) return known;
    const batch = keptBatch.parse(JSON.parse((await this.#objects.readText(uri)) ?? '{}'));
    const [oldest] = this.#batches.keys();
    if (this.#batches.size >= REMEMBERED && oldest !== undefined) this.#batches.delete(oldest);
    this.#batches.set(uri, batch);
    return batch;
  }
}
