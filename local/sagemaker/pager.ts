import { z } from 'zod';
import type { Kind } from './arns.ts';
import { validation } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { Order, Query, Resource, Store } from './store.ts';

const asked = z.object({
  NextToken: z.string().optional(),
  MaxResults: z.number().default(10),
  NameContains: z.string().optional(),
  StatusEquals: z.string().optional(),
  CreationTimeAfter: z.number().optional(),
  CreationTimeBefore: z.number().optional(),
  LastModifiedTimeAfter: z.number().optional(),
  LastModifiedTimeBefore: z.number().optional(),
  SortBy: z.string().default('CreationTime'),
  SortOrder: z.enum(['Ascending', 'Descending']).default('Descending'),
});

const token = z.object({ after: z.number(), of: z.string() });

/** What the order of creation is called otherwise. */
const COLUMNS: Readonly<Record<string, Order['by']>> = { Name: 'name', Status: 'status' };

/** A list: of which resources, under which member of the answer, and how it shows each. */
export interface List {
  readonly kind: Kind;
  readonly member: string;
  readonly summarize: (resource: Resource) => JsonObject;
  /** What all of the list's resources have, whatever else is asked for. */
  readonly query?: Query;
}

/**
 * One page of a list: filtered, then sorted, then cut, as AWS does.
 *
 * @throws ServiceError ValidationException for a token of another request
 */
export function page(store: Store, request: JsonObject, { kind, member, summarize, query = {} }: List): JsonObject {
  const { MaxResults, SortBy, SortOrder, NextToken } = asked.parse(request);
  const order = { by: COLUMNS[SortBy] ?? 'id', descending: SortOrder === 'Descending' };
  const offset = offsetOf(NextToken, request);
  const found = store.find(kind, { ...queryOf(request), ...query }, { ...order, offset, limit: MaxResults + 1 });
  return answer(found, member, summarize, offset, request);
}

/**
 * The same of resources that were found and sorted already, by something that the store does not know.
 *
 * @throws ServiceError ValidationException for a token of another request
 */
export function pageOf(
  resources: readonly Resource[],
  request: JsonObject,
  member: string,
  summarize: (resource: Resource) => JsonObject,
): JsonObject {
  const offset = offsetOf(asked.parse(request).NextToken, request);
  return answer(resources.slice(offset), member, summarize, offset, request);
}

/** What a list request filters by. Times cross the wire as epoch seconds. */
export function queryOf(request: JsonObject): Query {
  const filters = asked.parse(request);
  return {
    nameContains: filters.NameContains,
    status: filters.StatusEquals,
    created: { after: milliseconds(filters.CreationTimeAfter), before: milliseconds(filters.CreationTimeBefore) },
    modified: {
      after: milliseconds(filters.LastModifiedTimeAfter),
      before: milliseconds(filters.LastModifiedTimeBefore),
    },
  };
}

function answer(
  found: readonly Resource[],
  member: string,
  summarize: (resource: Resource) => JsonObject,
  offset: number,
  request: JsonObject,
): JsonObject {
  const { MaxResults } = asked.parse(request);
  const shown = found.slice(0, MaxResults).map((resource): Json => summarize(resource));
  if (found.length <= MaxResults) return { [member]: shown };
  const next = JSON.stringify({ after: offset + MaxResults, of: fingerprintOf(request) });
  return { [member]: shown, NextToken: Buffer.from(next).toString('base64url') };
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function fingerprintOf(request: JsonObject): string {
  return JSON.stringify(
    Object.entries(request)
      .filter(([name]) => name !== 'NextToken' && name !== 'MaxResults')
      .sort(),
  );
}

function offsetOf(text: string | undefined, request: JsonObject): number {
  if (text === undefined) return 0;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw validation('The NextToken is malformed.');
  }
  const parsed = token.safeParse(value);
  if (!parsed.success || parsed.data.of !== fingerprintOf(request))
    throw validation('The NextToken does not belong to this request.');
  return parsed.data.after;
}
