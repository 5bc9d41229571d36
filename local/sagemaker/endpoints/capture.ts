import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../config/logger.ts';
import type { Objects } from '../objects.ts';
import type { Store } from '../store.ts';
import { Dice } from '../weather/dice.ts';
import { captureConfigOf } from './capture-config.ts';
import { captureLine, captureName, capturePrefix, type Exchange } from './capture-event.ts';
import { CaptureFile, objectOf } from './capture-file.ts';

/** How long a captured line waits for others before they go to S3 together, milliseconds. */
const WAIT_MS = 2000;
/** How often to look for lines that have waited, and for what could not go to S3, milliseconds. */
const LOOK_MS = 1000;

export interface CaptureParts {
  readonly store: Store;
  readonly objects: Objects;
  readonly logger: Logger;
  /** The folder of what is not in S3 yet. */
  readonly folder: string;
}

/**
 * Data capture: keeps the requests and answers that endpoint configs ask for. A request waits until it is on disk, never
 * for S3, and no fault of capture is its own.
 */
export class Capture {
  readonly #parts: CaptureParts;
  /** Which requests are in the sample is drawn for each endpoint by itself. */
  readonly #dice = new Dice(0);
  /** The files that lines are added to, by the prefix of their objects. */
  readonly #open = new Map<string, CaptureFile>();
  /** The paths of files that are complete, and whether a fault was told of them. */
  readonly #complete = new Map<string, boolean>();
  #timer: NodeJS.Timeout | undefined;
  #uploading: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
  }

  /** After a start: what an earlier process left goes to S3. */
  async resume(): Promise<void> {
    const { folder } = this.#parts;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) this.#complete.set(join(folder, name), false);
    this.#timer = setInterval(() => {
      const now = Date.now();
      for (const [prefix, { since }] of this.#open) if (now - since >= WAIT_MS) this.#close(prefix);
      if (!this.#busy) void this.#upload();
    }, LOOK_MS);
    this.#timer.unref();
    void this.#upload();
  }

  /** Keeps an exchange where the endpoint's config asks for it; once that is done, it survives this process. */
  async record(endpoint: string, variant: string, exchange: Exchange): Promise<void> {
    const { store, logger } = this.#parts;
    let prefix = '';
    try {
      const found = store.get('endpoint', endpoint);
      const config = found === undefined ? undefined : captureConfigOf(store, found);
      if (config?.EnableCapture !== true || !this.#dice.happens(endpoint, config.InitialSamplingPercentage / 100))
        return;
      const time = new Date();
      prefix = capturePrefix(config.DestinationS3Uri, endpoint, variant, time);
      const file = this.#fileOf(prefix, time);
      await file.append(captureLine(config, exchange, time));
      if (!file.isFull || this.#open.get(prefix) !== file) return;
      this.#close(prefix);
      void this.#upload();
    } catch (error) {
      this.#close(prefix);
      logger.warn({ endpoint, error: String(error) }, 'a request could not be captured');
    }
  }

  /** Brings all that was captured to S3; what cannot go there now goes at the next start. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const prefix of this.#open.keys()) this.#close(prefix);
    await this.#upload();
  }

  #fileOf(prefix: string, time: Date): CaptureFile {
    const open = this.#open.get(prefix);
    if (open !== undefined) return open;
    const file = new CaptureFile(this.#parts.folder, `${prefix}/${captureName(time)}`, time.getTime());
    this.#open.set(prefix, file);
    return file;
  }

  #close(prefix: string): void {
    const file = this.#open.get(prefix);
    if (file === undefined) return;
    this.#open.delete(prefix);
    this.#uploading = this.#uploading.then(async () => {
      await file.end().catch((error: unknown) => {
        this.#parts.logger.warn({ path: file.path, error: String(error) }, 'a file of captured requests did not close');
      });
      this.#complete.set(file.path, false);
    });
  }

  /** Uploads what is complete, one after another; what fails is tried again. */
  async #upload(): Promise<void> {
    this.#busy = true;
    this.#uploading = this.#uploading.then(async () => {
      for (const [path, told] of this.#complete) {
        try {
          const object = await objectOf(path);
          if (object !== undefined) await this.#parts.objects.uploadText(object.text, object.uri);
          await rm(path, { force: true });
          this.#complete.delete(path);
        } catch (error) {
          if (!told) this.#parts.logger.warn({ path, error: String(error) }, 'what was captured is not in S3 yet');
          this.#complete.set(path, true);
        }
      }
      this.#busy = false;
    });
    await this.#uploading;
  }
}
