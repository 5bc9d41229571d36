import { ServiceError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { requestShape, shapeNamed, type Shape } from './service-model.ts';

/** Faults that one answer names, as on AWS. */
const FAULTS_SHOWN = 10;

/**
 * Checks a request against AWS's own model.
 *
 * @throws ServiceError ValidationException with every fault, in AWS's words; SerializationException for a wrong type
 */
export function checkRequest(operation: string, body: JsonObject): void {
  const shape = requestShape(operation);
  if (shape === undefined) return;
  const faults = faultsOf(shape, body, '').slice(0, FAULTS_SHOWN);
  if (faults.length === 0) return;
  const count = `${faults.length} validation error${faults.length === 1 ? '' : 's'} detected`;
  throw new ServiceError('ValidationException', `${count}: ${faults.join('; ')}`);
}

function faultsOf(shape: Shape, value: Json, path: string): string[] {
  switch (shape.type) {
    case 'structure':
      return isObject(value) ? membersOf(shape, value, path) : wrongType(path, 'a structure');
    case 'list':
      return Array.isArray(value) ? listOf(shape, value, path) : wrongType(path, 'a list');
    case 'map':
      return isObject(value) ? mapOf(shape, value, path) : wrongType(path, 'a map');
    case 'boolean':
      return typeof value === 'boolean' ? [] : wrongType(path, 'a boolean');
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return typeof value === 'number' ? bounds(shape, value, value, path, 'value') : wrongType(path, 'a number');
    case 'timestamp':
      return typeof value === 'number' ? [] : wrongType(path, 'a timestamp');
    case 'blob':
    case 'string':
      return typeof value === 'string' ? textOf(shape, value, path) : wrongType(path, 'a string');
  }
}

function membersOf(shape: Shape, value: JsonObject, path: string): string[] {
  const missing = shape.required
    .filter((name) => (value[name] ?? null) === null)
    .map((name) => fault(null, below(path, name), 'Member must not be null'));
  const unknown = Object.keys(value)
    .filter((name) => !Object.hasOwn(shape.members, name))
    .map((name) => `'${below(path, name)}' is not a member that AWS's model knows`);
  const nested = Object.entries(shape.members).flatMap(([name, type]) => {
    const member = value[name];
    return member === undefined || member === null ? [] : faultsOf(shapeNamed(type), member, below(path, name));
  });
  return [...missing, ...unknown, ...nested];
}

function listOf(shape: Shape, value: Json[], path: string): string[] {
  const member = shapeNamed(shape.member);
  return [
    ...bounds(shape, value.length, value, path, 'length'),
    ...value.flatMap((item, index) => faultsOf(member, item, `${path}.${index + 1}.member`)),
  ];
}

function mapOf(shape: Shape, value: JsonObject, path: string): string[] {
  const [key, inner] = [shapeNamed(shape.key), shapeNamed(shape.value)];
  return [
    ...bounds(shape, Object.keys(value).length, value, path, 'length'),
    ...Object.entries(value).flatMap(([name, item]) => [
      ...faultsOf(key, name, `${path}.${name}.key`),
      ...faultsOf(inner, item, `${path}.${name}.value`),
    ]),
  ];
}

function textOf(shape: Shape, value: string, path: string): string[] {
  const faults = bounds(shape, value.length, value, path, 'length');
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    faults.push(fault(value, path, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`));
  }
  if (shape.regex !== undefined && !new RegExp(shape.regex, 'u').test(value)) {
    faults.push(fault(value, path, `Member must satisfy regular expression pattern: ${shape.pattern ?? ''}`));
  }
  return faults;
}

function bounds({ min, max }: Shape, size: number, value: Json, path: string, what: 'length' | 'value'): string[] {
  const faults: string[] = [];
  if (min !== undefined && size < min)
    faults.push(fault(value, path, `Member must have ${what} greater than or equal to ${min}`));
  if (max !== undefined && size > max)
    faults.push(fault(value, path, `Member must have ${what} less than or equal to ${max}`));
  return faults;
}

function fault(value: Json, path: string, constraint: string): string {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  const quoted = value === null ? 'null' : `'${shown.length > 200 ? `${shown.slice(0, 200)}…` : shown}'`;
  return `Value ${quoted} at '${path}' failed to satisfy constraint: ${constraint}`;
}

function wrongType(path: string, expected: string): never {
  throw new ServiceError('SerializationException', `'${path}' is not ${expected}.`);
}

/** AWS writes the first letter of a member small. */
function below(path: string, name: string): string {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return path === '' ? member : `${path}.${member}`;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
