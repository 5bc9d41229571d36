/** The exit codes, as the help and the reference list them. */
export const EXIT = {
  ok: 0,
  /** The run or the command failed. */
  failed: 1,
  /** The input was refused: pipeline file, scripts, settings, arguments. */
  invalid: 2,
  /** The run was cancelled, or the command was interrupted. */
  cancelled: 3,
  /** There is no such run or endpoint, or it has no result yet. */
  notFound: 4,
  /** Temporal, S3 or SageMaker does not answer, or refuses the caller; or the local stack failed. */
  unreachable: 5,
} as const;

export const EXIT_HELP = `
Exit codes: 0 done; 1 the run or the command failed; 2 the input was refused; 3 cancelled or interrupted;
4 no such run or endpoint, or no result yet; 5 Temporal, S3 or SageMaker does not answer, or the local stack failed.`;
