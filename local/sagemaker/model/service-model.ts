import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const shape = z.object({
  type: z.enum([
    'structure',
    'list',
    'map',
    'string',
    'integer',
    'long',
    'float',
    'double',
    'boolean',
    'timestamp',
    'blob',
  ]),
  min: z.number().optional(),
  max: z.number().optional(),
  enum: z.array(z.string()).optional(),
  /** As AWS writes it, in Java's words. */
  pattern: z.string().optional(),
  /** The same for JavaScript's `u` mode, anchored. */
  regex: z.string().optional(),
  required: z.array(z.string()).default([]),
  members: z.record(z.string(), z.string()).default({}),
  ...{ member: z.string().optional(), key: z.string().optional(), value: z.string().optional() },
});
export type Shape = z.infer<typeof shape>;

const serviceModel = z.object({ operations: z.record(z.string(), z.string()), shapes: z.record(z.string(), shape) });

/** AWS's own description of requests, by generate_service_model.py. */
const MODEL = serviceModel.parse(
  JSON.parse(readFileSync(fileURLToPath(new URL('service-model.json', import.meta.url)), 'utf8')),
);

/** The shape of an operation's request; undefined for an operation that the model does not have. */
export function requestShape(operation: string): Shape | undefined {
  const name = Object.hasOwn(MODEL.operations, operation) ? MODEL.operations[operation] : undefined;
  return name === undefined ? undefined : MODEL.shapes[name];
}

/** @throws RangeError for a shape that the model does not have: the file is damaged */
export function shapeNamed(name: string | undefined): Shape {
  const found = name === undefined ? undefined : MODEL.shapes[name];
  if (found === undefined) throw new RangeError(`the service model has no shape ${name ?? ''}`);
  return found;
}
