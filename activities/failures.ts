import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { CrossfoldError, isRetryable } from '../core/errors.ts';

/**
 * Gives Temporal our errors' codes as failure types, and says which of them no retry can mend. Without it the type would
 * be the name of the class, and every error would be tried for ever.
 */
export const failures: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      return await next(input);
    } catch (error) {
      if (!(error instanceof CrossfoldError)) throw error;
      throw ApplicationFailure.create({
        message: error.message,
        type: error.code,
        nonRetryable: !isRetryable(error.code),
        ...(error.cause instanceof Error && { cause: error.cause }),
      });
    }
  },
};
