import type { z } from 'zod';
import { validation } from './errors.ts';

/**
 * A request as a schema of ours has it, which asks for more than AWS's model does.
 *
 * @param failure what cannot be done for the want of it
 * @throws ServiceError ValidationException that names the member
 */
export function parsed<T>(schema: z.ZodType<T>, request: unknown, failure?: string): T {
  const found = schema.safeParse(request);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  throw validation(failure === undefined ? reason : `${failure}: ${reason}`);
}
