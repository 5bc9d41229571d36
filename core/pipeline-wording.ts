import { z } from 'zod';
import { pipelineJsonSchema } from './pipeline.ts';

/** How a value of the file is shown in a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return JSON.stringify(value);
}

/** What would have been allowed where an issue was found. */
export function allowed(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(String).join(', ');
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_key':
      return issue.issues.map((inner) => inner.message).join('; ');
    case 'invalid_union':
      return unionWords(issue);
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_element':
    case 'custom':
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  null: 'null',
};

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}

function unionWords(issue: z.core.$ZodIssueInvalidUnion): string {
  if ('options' in issue && Array.isArray(issue.options)) return issue.options.map(String).join(', ');
  const words = issue.errors.flat().map((each) => [...each.path.map(String), allowed(each)].join(': '));
  return [...new Set(words)].join(' or ');
}

/** The part of a JSON Schema that is read here. */
interface SchemaNode {
  properties?: Record<string, SchemaNode> | undefined;
  additionalProperties?: SchemaNode | boolean | undefined;
  oneOf?: SchemaNode[] | undefined;
  anyOf?: SchemaNode[] | undefined;
  allOf?: SchemaNode[] | undefined;
}
const schemaNode: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), schemaNode).optional(),
    additionalProperties: z.union([schemaNode, z.boolean()]).optional(),
    oneOf: z.array(schemaNode).optional(),
    anyOf: z.array(schemaNode).optional(),
    allOf: z.array(schemaNode).optional(),
  }),
);

/** The keys that a mapping at `path` of the pipeline file may have. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  let nodes = variants(schemaNode.parse(pipelineJsonSchema()));
  for (const step of path) {
    nodes = nodes.flatMap((node) => {
      const next = node.properties?.[String(step)] ?? node.additionalProperties;
      return typeof next === 'object' ? variants(next) : [];
    });
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function variants(node: SchemaNode): SchemaNode[] {
  return [node, ...[...(node.oneOf ?? []), ...(node.anyOf ?? []), ...(node.allOf ?? [])].flatMap(variants)];
}
