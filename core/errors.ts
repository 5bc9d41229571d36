/**
 * Every error that crossfold knows: its code, whether trying again can help, and the command line's exit code.
 * Code decides by `code` only; the message names the cause, the place and the way out.
 */
const TABLE = {
  /** The pipeline file or one of its scripts is not valid. */
  PipelineInvalid: { retryable: false, exit: 2 },
  /** A CSV file cannot be made a pipeline of. */
  TableInvalid: { retryable: false, exit: 2 },
  /** A setting of the environment is missing or malformed. */
  SettingsInvalid: { retryable: false, exit: 2 },
  /** No run has the name that was asked for. */
  RunNotFound: { retryable: false, exit: 4 },
  /** No endpoint has the name that was asked for. */
  EndpointNotFound: { retryable: false, exit: 4 },
  /** No schedule has the name that was asked for. */
  ScheduleNotFound: { retryable: false, exit: 4 },
  /** A schedule cannot be made as asked: its times, or its name, which is taken. */
  ScheduleInvalid: { retryable: false, exit: 2 },
  /** A run is not in the state that is needed for what was asked. */
  RunNotReady: { retryable: false, exit: 1 },
  /** Temporal, S3 or SageMaker does not answer. */
  Unreachable: { retryable: true, exit: 5 },
  /** The local stack could not be installed or started. */
  StackFailed: { retryable: false, exit: 5 },
  /** AWS refused the caller. */
  AccessDenied: { retryable: false, exit: 5 },
  /** AWS refused a request as malformed. */
  RequestInvalid: { retryable: false, exit: 1 },
  /** An account limit or a rate limit: waiting helps. */
  Throttled: { retryable: true, exit: 1 },
  /** A job ended as Failed by its own fault: its script or its input. */
  JobFailed: { retryable: false, exit: 1 },
  /** A job failed for want of capacity or by a fault of the service: a new job may succeed. */
  JobInterrupted: { retryable: false, exit: 1 },
  /** A job is Stopped and this run did not stop it. */
  JobStopped: { retryable: false, exit: 1 },
  /** A job of that name exists and was made from another request. */
  JobNameTaken: { retryable: false, exit: 1 },
  /** A job completed without the result that its step needs. */
  ResultMissing: { retryable: false, exit: 1 },
  /** Preprocessing was fitted on other rows than the fold's training rows. */
  EvidenceMismatch: { retryable: false, exit: 1 },
  /** The endpoint did not reach service. */
  EndpointFailed: { retryable: false, exit: 1 },
  /** An endpoint has no config that it could go back to. */
  NoConfigBefore: { retryable: false, exit: 1 },
  /** The endpoint's answers differ from the offline model's. */
  SmokeTestFailed: { retryable: false, exit: 1 },
} as const;

export type ErrorCode = keyof typeof TABLE;

/** An error that a user can act on. Its code is what Temporal carries as the failure's type. */
export class CrossfoldError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = code;
  }
}

const CODES: ReadonlySet<string> = new Set(Object.keys(TABLE));

/** Every code, in the table's order. */
export const ERROR_CODES: readonly ErrorCode[] = Object.keys(TABLE).filter(isErrorCode);

/** Whether `text` is one of the table's codes. */
export function isErrorCode(text: string | null | undefined): text is ErrorCode {
  return typeof text === 'string' && CODES.has(text);
}

/** The exit code of the command line for an error code; 1 for what the table does not know. */
export function exitCodeOf(code: string | undefined): number {
  return isErrorCode(code) ? TABLE[code].exit : 1;
}

/** Whether trying the same again can help. */
export function isRetryable(code: ErrorCode): boolean {
  return TABLE[code].retryable;
}
