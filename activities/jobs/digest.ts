import { createHash } from 'node:crypto';

/** The tag that holds the digest of the request that a job was made from. */
export const DIGEST_TAG = 'crossfold:digest';

/** A request's digest: the same for the same request, whatever the order of its keys. */
export function digestOf(request: object): string {
  return `sha256:${createHash('sha256').update(canonical(request)).digest('hex')}`;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
