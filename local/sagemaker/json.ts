/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** An object as JSON knows it; undefined for anything else. */
export function parseObject(text: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(value) ? value : undefined;
}

/** Whether what JSON.parse gave is an object; all that is in one is JSON again. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object without its undefined members, as JSON would have it. */
export function compact(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) kept[name] = value;
  return kept;
}

/** The object without members that are null, at any depth: to AWS they are not there. */
export function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, pruned(member)]),
  );
}

function pruned(value: Json): Json {
  if (Array.isArray(value)) return value.map(pruned);
  return typeof value === 'object' && value !== null ? withoutNulls(value) : value;
}
