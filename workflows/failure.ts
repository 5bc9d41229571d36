import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import { CrossfoldError, isErrorCode, type ErrorCode } from '../core/errors.ts';

/** The code of the error that a failed activity or child carries. */
export function codeOf(error: unknown): ErrorCode | undefined {
  const cause = rootOf(error);
  return cause instanceof ApplicationFailure && isErrorCode(cause.type) ? cause.type : undefined;
}

/**
 * Runs a workflow's body so that every error fails the workflow with its own words: an error that Temporal does not know
 * would fail only the task, and be tried for ever.
 */
export async function failingWhole<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (isCancellation(error)) throw error;
    const cause = rootOf(error);
    if (cause instanceof ApplicationFailure) {
      throw ApplicationFailure.create({
        message: cause.message,
        type: cause.type ?? 'Error',
        nonRetryable: true,
        cause,
      });
    }
    if (cause instanceof CrossfoldError || cause instanceof RangeError) {
      throw ApplicationFailure.create({ message: cause.message, type: cause.name, nonRetryable: true });
    }
    throw error;
  }
}

function rootOf(error: unknown): unknown {
  let cause = error;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause !== undefined) {
    cause = cause.cause;
  }
  return cause;
}
