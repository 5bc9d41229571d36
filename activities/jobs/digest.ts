import { contentHash } from '../../core/content-key.ts';

/** The tag that holds the digest of the request that a job was made from. */
export const DIGEST_TAG = 'crossfold:digest';

/** A request's digest: the same for the same request, whatever the order of its keys. */
export function digestOf(request: object): string {
  return `sha256:${contentHash(request)}`;
}
