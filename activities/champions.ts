import { z } from 'zod';
import { champion, type Champion } from '../core/champion.ts';
import { contentKey } from '../core/content-key.ts';
import { CrossfoldError } from '../core/errors.ts';
import { cachePrefix, championFile, pinnedData } from '../core/layout.ts';
import type { Retrained } from '../core/retrain.ts';
import type { RunInput } from '../core/run.ts';
import type { EndpointActivities } from './endpoints.ts';
import type { ObjectStore } from './objects.ts';

const weighed = z.object({ reason: z.string() });

export interface ChampionActivities {
  /** The model that an endpoint serves; null where there is no endpoint, or where crossfold did not deploy what it serves. */
  championOf(place: { readonly home: string; readonly endpoint: string }): Promise<Champion | null>;
  /** The newest object that an endpoint has captured below a prefix; null where it has captured none. */
  newestCaptured(prefix: string): Promise<string | null>;
  writeChampion(request: { readonly home: string; readonly champion: Champion }): Promise<void>;
  /**
   * What tells this content of a table from another.
   *
   * @throws PipelineInvalid where there is no object
   */
  dataVersion(uri: string): Promise<string>;
  /** Copies the table as it is now to a place of its own below the pipeline's home. */
  pinData(request: { readonly uri: string; readonly home: string }): Promise<RunInput['data']>;
  /** Why an earlier firing did not deploy a challenger from this data; null where none looked at it. */
  recallRetrained(place: { readonly home: string; readonly key: string }): Promise<{ readonly reason: string } | null>;
  keepRetrained(request: { readonly home: string; readonly key: string; readonly retrained: Retrained }): Promise<void>;
}

/** The activities that a schedule's firings weigh data and models by. */
export function createChampionActivities(
  objects: ObjectStore,
  { servedConfig }: Pick<EndpointActivities, 'servedConfig'>,
): ChampionActivities {
  const retrainedFile = (home: string, key: string): string => `${cachePrefix(home, key)}retrained.json`;

  async function dataVersion(uri: string): Promise<string> {
    const version = await objects.version(uri);
    if (version !== undefined) return version;
    throw new CrossfoldError('PipelineInvalid', `data.uri: found ${uri}, where there is no object any more.`);
  }

  return {
    dataVersion,
    async championOf({ home, endpoint }) {
      const config = await servedConfig(endpoint);
      const text = config === null ? undefined : await objects.readText(championFile(home, config));
      return text === undefined ? null : champion.parse(JSON.parse(text));
    },
    async newestCaptured(prefix) {
      let newest: string | null = null;
      // Their keys are by the time, but those of other variants lie between.
      for await (const uri of objects.list(prefix)) if (timeOf(uri) >= timeOf(newest ?? '')) newest = uri;
      return newest;
    },
    async writeChampion({ home, champion: written }) {
      await objects.writeText(championFile(home, written.config), JSON.stringify(written), 'application/json');
    },
    async pinData({ uri, home }) {
      for (;;) {
        const version = await dataVersion(uri);
        const to = pinnedData(home, contentKey({ uri, version }), uri);
        // Written to between the two: look again.
        if (await objects.copyVersion(uri, version, to)) return { uri: to, version };
      }
    },
    async recallRetrained({ home, key }) {
      const text = await objects.readText(retrainedFile(home, key));
      return text === undefined ? null : weighed.parse(JSON.parse(text));
    },
    async keepRetrained({ home, key, retrained }) {
      await objects.writeText(retrainedFile(home, key), JSON.stringify(retrained), 'application/json');
    },
  };
}

/** The time in the key of a captured object: `…/<variant>/yyyy/mm/dd/hh/mm-ss-mmm-….jsonl`. */
function timeOf(uri: string): string {
  return uri.split('/').slice(-5).join('/');
}
