import { WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { CrossfoldError, exitCodeOf } from '../core/errors.ts';
import { EXIT } from './exit-codes.ts';

/** An error as the command line shows it. */
export interface Shown {
  readonly code: string;
  readonly message: string;
  readonly exit: number;
}

/** What to say of an error, and how to exit; undefined for one that nobody foresaw. */
export function shownError(error: unknown): Shown | undefined {
  if (error instanceof CrossfoldError)
    return { code: error.code, message: error.message, exit: exitCodeOf(error.code) };
  if (error instanceof WorkflowNotFoundError) {
    return {
      code: 'RunNotFound',
      message: `there is no run ${error.workflowId}; 'crossfold list' shows those there are.`,
      exit: EXIT.notFound,
    };
  }
  if (error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)
    return shownFailure(error.cause);
  return undefined;
}

function shownFailure(cause: unknown): Shown {
  if (cause instanceof CancelledFailure)
    return { code: 'Cancelled', message: 'the run was cancelled.', exit: EXIT.cancelled };
  if (cause instanceof TerminatedFailure) {
    return { code: 'Terminated', message: 'the run was terminated; its jobs may still run.', exit: EXIT.failed };
  }
  if (cause instanceof ApplicationFailure) {
    return { code: cause.type ?? 'Failed', message: cause.message, exit: exitCodeOf(cause.type ?? undefined) };
  }
  return { code: 'Failed', message: cause instanceof Error ? cause.message : 'the run failed', exit: EXIT.failed };
}
