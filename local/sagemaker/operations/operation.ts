import { z } from 'zod';
import { validation } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import type { Tag } from '../store.ts';

/** Answers one request, already checked against AWS's own model. */
export type Operation = (request: JsonObject) => JsonObject | Promise<JsonObject>;

/** The operations on one kind of resource, by AWS's names. */
export type Operations = Readonly<Record<string, Operation>>;

const tags = z.object({ Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]) });

/** The tags of a create request. */
export function tagsOf(request: JsonObject): Tag[] {
  return parsed(tags, request).Tags;
}

/** A member that AWS's model requires, as text. */
export function text(request: JsonObject, member: string): string {
  const value = request[member];
  if (typeof value !== 'string') throw validation(`${member} is missing.`);
  return value;
}

/** The request without the members that Describe does not give back. */
export function without(request: JsonObject, ...members: string[]): JsonObject {
  return Object.fromEntries(Object.entries(request).filter(([name]) => !members.includes(name)));
}

/** The members of `from` that have a value, in the order of `members`. */
export function pick(from: JsonObject, ...members: string[]): JsonObject {
  return Object.fromEntries(members.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
