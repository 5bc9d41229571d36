import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { validation } from './errors.ts';

const FILE = fileURLToPath(new URL('../images.yaml', import.meta.url));
const runtime = z.enum(['python', 'xgboost']);
const images = z.strictObject({ images: z.record(z.string(), runtime) });

/** What runs an image's jobs and models here: the stack's Python, or that with the built-in XGBoost algorithm. */
export type Runtime = z.infer<typeof runtime>;

/** The images that jobs and models may name. */
export class Images {
  readonly #known: Readonly<Record<string, Runtime>>;

  constructor(file: string = FILE) {
    this.#known = images.parse(parse(readFileSync(file, 'utf8'))).images;
  }

  /** @throws ServiceError ValidationException, with the line to add */
  require(uri: string): Runtime {
    const repository = repositoryOf(uri);
    const known = Object.hasOwn(this.#known, repository) ? this.#known[repository] : undefined;
    if (known !== undefined) return known;
    throw validation(
      `The image ${uri} cannot run here. To allow it, add this line to local/images.yaml:   ${repository}: python`,
    );
  }
}

/** `123.dkr.ecr.us-east-1.amazonaws.com/team/name:tag@digest` → `name`. */
function repositoryOf(uri: string): string {
  const [path = ''] = (uri.split('/').at(-1) ?? '').split(/[:@]/);
  return path;
}
