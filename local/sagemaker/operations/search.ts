import { z } from 'zod';
import type { Kind } from '../arns.ts';
import { validation } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { pageOf } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { without, type Operation } from './operation.ts';

/** A kind of resource that can be searched, and how a record of it looks. */
export interface Searchable {
  readonly kind: Kind;
  readonly describe: (resource: Resource) => JsonObject;
}

const filter = z.object({ Name: z.string(), Operator: z.string().default('Equals'), Value: z.string().optional() });
const expression = z.object({
  Filters: z.array(filter).default([]),
  Operator: z.enum(['And', 'Or']).default('And'),
  NestedFilters: z.undefined('nested filters are not supported').optional(),
  SubExpressions: z.undefined('sub-expressions are not supported').optional(),
});
const asked = z.object({
  Resource: z.string(),
  SearchExpression: expression.prefault({}),
  SortBy: z.string().default('LastModifiedTime'),
  SortOrder: z.enum(['Ascending', 'Descending']).default('Descending'),
});

/** Search: resources of one kind by the members of their descriptions, and by their tags as `Tags.<key>`. */
export function search(store: Store, resources: Readonly<Record<string, Searchable>>): Operation {
  return (request) => {
    const parsed = asked.safeParse(request);
    if (!parsed.success) throw validation(`The search cannot be made here: ${parsed.error.issues[0]?.message ?? ''}.`);
    const { Resource: name, SearchExpression, SortBy, SortOrder } = parsed.data;
    const searched = Object.hasOwn(resources, name) ? resources[name] : undefined;
    if (searched === undefined)
      throw validation(`${name} cannot be searched here. What can: ${Object.keys(resources).sort().join(', ')}.`);
    const sign = SortOrder === 'Ascending' ? 1 : -1;
    const records = store
      .all(searched.kind)
      .map((resource) => ({ resource, record: recordOf(store, resource, searched) }))
      .filter(({ record }) => matches(record, SearchExpression))
      .sort((a, b) => sign * compare(at(a.record, SortBy), at(b.record, SortBy)));
    const byName = new Map(records.map(({ resource, record }) => [resource.name, record]));
    return pageOf(
      records.map(({ resource }) => resource),
      without(request, 'SortBy', 'SortOrder'),
      'Results',
      (resource) => ({ [name]: byName.get(resource.name) ?? {} }),
    );
  };
}

function recordOf(store: Store, resource: Resource, { describe }: Searchable): JsonObject {
  const Tags = store.tags(resource.arn).map(({ Key, Value }): Json => ({ Key, Value }));
  return { ...describe(resource), ...(Tags.length > 0 && { Tags }) };
}

function matches(record: JsonObject, { Filters, Operator }: z.infer<typeof expression>): boolean {
  const holds = (each: z.infer<typeof filter>): boolean => satisfies(at(record, each.Name), each);
  return Operator === 'And' ? Filters.every(holds) : Filters.length === 0 || Filters.some(holds);
}

function satisfies(found: Json | undefined, { Name, Operator, Value = '' }: z.infer<typeof filter>): boolean {
  const text = textOf(found);
  switch (Operator) {
    case 'Exists':
      return found !== undefined;
    case 'NotExists':
      return found === undefined;
    case 'Equals':
      return text === Value;
    case 'NotEquals':
      return text !== Value;
    case 'Contains':
      return text.includes(Value);
    case 'In':
      return Value.split(',').includes(text);
    case 'GreaterThan':
      return found !== undefined && compare(found, Value) > 0;
    case 'GreaterThanOrEqualTo':
      return found !== undefined && compare(found, Value) >= 0;
    case 'LessThan':
      return found !== undefined && compare(found, Value) < 0;
    case 'LessThanOrEqualTo':
      return found !== undefined && compare(found, Value) <= 0;
    default:
      throw validation(`The operator ${Operator} of the filter on ${Name} is not supported here.`);
  }
}

/** A member by its path, as `ResourceConfig.InstanceType`; a tag's value as `Tags.<key>`. */
function at(record: JsonObject, path: string): Json | undefined {
  if (path.startsWith('Tags.')) {
    const tags = z.array(z.object({ Key: z.string(), Value: z.string() })).safeParse(record['Tags']);
    return tags.data?.find(({ Key }) => Key === path.slice('Tags.'.length))?.Value;
  }
  let found: Json | undefined = record;
  for (const member of path.split('.')) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    found = Object.hasOwn(found, member) ? found[member] : undefined;
  }
  return found;
}

/** Numbers and times as such, where both are; all else as text. */
function compare(a: Json | undefined, b: Json | undefined): number {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left - right;
  const [before, after] = [textOf(a), textOf(b)];
  return before < after ? -1 : Number(before > after);
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  if (!Number.isNaN(number)) return number;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time / 1000;
}
