/** An error as AWS answers it: `code` is the `__type` that clients match. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members beside the message, as ModelError has. */
  readonly members: Readonly<Record<string, string | number>>;

  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
