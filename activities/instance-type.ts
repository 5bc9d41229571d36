import { CrossfoldError } from '../core/errors.ts';

/**
 * The instance type of that name among those that AWS has for a use.
 *
 * @throws CrossfoldError RequestInvalid
 */
export function oneOf<T extends string>(types: Readonly<Record<string, T>>, name: string, use: string): T {
  const found = Object.values(types).find((type) => type === name);
  if (found !== undefined) return found;
  throw new CrossfoldError('RequestInvalid', `${name} is no instance type for ${use}; ml.m5.large is one.`);
}
