import { z } from 'zod';
import { validation } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { Resource } from './store.ts';

const query = z.object({
  NextToken: z.string().optional(),
  MaxResults: z.number().default(10),
  NameContains: z.string().default(''),
  StatusEquals: z.string().optional(),
  CreationTimeAfter: z.number().optional(),
  CreationTimeBefore: z.number().optional(),
  LastModifiedTimeAfter: z.number().optional(),
  LastModifiedTimeBefore: z.number().optional(),
  SortBy: z.string().default('CreationTime'),
  SortOrder: z.enum(['Ascending', 'Descending']).default('Descending'),
});

const token = z.object({ after: z.number(), of: z.string() });

/** What lists are sorted by, besides the order of creation. */
type SortKey = (resource: Resource) => string | number;
const SORT_KEYS: Readonly<Record<string, SortKey>> = {
  Name: ({ name }) => name,
  Status: ({ status }) => status,
  CreationTime: ({ created }) => created,
};

/**
 * One page of a list: filtered, then sorted, then cut, as AWS does.
 *
 * @param summarize a resource as the list shows it
 * @throws ServiceError ValidationException for a token of another request
 */
export function page(
  resources: readonly Resource[],
  request: JsonObject,
  member: string,
  summarize: (resource: Resource) => JsonObject,
  sortKeys: Readonly<Record<string, SortKey>> = {},
): JsonObject {
  const asked = query.parse(request);
  const key = sortKeys[asked.SortBy] ?? SORT_KEYS[asked.SortBy] ?? (({ id }: Resource) => id);
  const sign = asked.SortOrder === 'Ascending' ? 1 : -1;
  const name = asked.NameContains.toLowerCase();
  const found = resources
    .filter((resource) => resource.name.toLowerCase().includes(name))
    .filter(({ status }) => asked.StatusEquals === undefined || status === asked.StatusEquals)
    .filter(({ created }) => within(created, asked.CreationTimeAfter, asked.CreationTimeBefore))
    .filter(({ modified }) => within(modified, asked.LastModifiedTimeAfter, asked.LastModifiedTimeBefore))
    .sort((a, b) => sign * (compare(key(a), key(b)) || a.id - b.id));
  const fingerprint = fingerprintOf(request);
  const start = asked.NextToken === undefined ? 0 : offsetOf(asked.NextToken, fingerprint);
  const end = start + asked.MaxResults;
  const answer: JsonObject = { [member]: found.slice(start, end).map((resource): Json => summarize(resource)) };
  if (end < found.length)
    answer['NextToken'] = Buffer.from(JSON.stringify({ after: end, of: fingerprint })).toString('base64url');
  return answer;
}

/** Times cross the wire as epoch seconds. */
function within(time: number, after: number | undefined, before: number | undefined): boolean {
  return (after === undefined || time > after * 1000) && (before === undefined || time < before * 1000);
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function fingerprintOf(request: JsonObject): string {
  return JSON.stringify(
    Object.entries(request)
      .filter(([name]) => name !== 'NextToken' && name !== 'MaxResults')
      .sort(),
  );
}

function offsetOf(text: string, fingerprint: string): number {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw validation('The NextToken is malformed.');
  }
  const parsed = token.safeParse(value);
  if (!parsed.success || parsed.data.of !== fingerprint)
    throw validation('The NextToken does not belong to this request.');
  return parsed.data.after;
}
