import { CrossfoldError } from '../core/errors.ts';

const NOT_FOUND = /could not find|not found|does not exist/i;
const TAKEN = /already exist|must be unique/i;
const THROTTLED = new Set(['ThrottlingException', 'TooManyRequestsException', 'SlowDown', 'ResourceLimitExceeded']);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'CredentialsProviderError',
]);

function named(error: unknown, ...names: string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}

/** SageMaker answers a missing resource with ResourceNotFound or, more often, with a ValidationException that says so. */
export function isNotFound(error: unknown): boolean {
  return (
    named(error, 'ResourceNotFound', 'NoSuchKey', 'NotFound') ||
    (named(error, 'ValidationException') && NOT_FOUND.test(error.message))
  );
}

/** What AWS answers; undefined where there is nothing of the name that it was asked for. */
export async function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A name that is taken: ResourceInUse for jobs, a ValidationException for models and endpoints. */
export function isTaken(error: unknown): boolean {
  return (
    named(error, 'ResourceInUse', 'ConflictException') ||
    (named(error, 'ValidationException') && TAKEN.test(error.message))
  );
}

/** A request that AWS refused for what it says, or for the state of what it names. */
export function isRefused(error: unknown): boolean {
  return named(error, 'ValidationException');
}

/** Whether a conditional write lost to an earlier one. */
export function isPreconditionFailed(error: unknown): boolean {
  return named(error, 'PreconditionFailed', 'ConditionalRequestConflict');
}

/** A request that AWS would have taken at another time. */
export function isThrottled(error: unknown): boolean {
  return named(error, ...THROTTLED);
}

/** Names an AWS error in the domain's table; `doing` tells what was tried, as `create training job x`. */
export function toCrossfoldError(error: unknown, doing: string): Error {
  if (!(error instanceof Error) || error instanceof CrossfoldError)
    return error instanceof Error ? error : new Error(String(error));
  const text = `could not ${doing}: ${error.message}`;
  if (DENIED.has(error.name)) {
    return new CrossfoldError('AccessDenied', `${text}. Check the credentials and the permissions of the caller.`, {
      cause: error,
    });
  }
  if (isThrottled(error)) return new CrossfoldError('Throttled', text, { cause: error });
  if (isRefused(error)) return new CrossfoldError('RequestInvalid', text, { cause: error });
  if (error.name === 'NoSuchBucket') {
    return new CrossfoldError(
      'RequestInvalid',
      `${text}. Create the bucket, or set CROSSFOLD_BUCKET to one that exists.`,
      {
        cause: error,
      },
    );
  }
  return new CrossfoldError('Unreachable', text, { cause: error });
}
