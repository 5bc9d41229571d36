import { readToolSettings } from '../../config/home.ts';

/** An interpreter with what jobs, tests and checks import. `npm test` sets it. */
export function pythonPath(): string {
  return present(readToolSettings().python, 'CROSSFOLD_PYTHON');
}

/** The S3 gateway. `npm test` sets it. */
export function versitygwPath(): string {
  return present(readToolSettings().versitygw, 'CROSSFOLD_VERSITYGW');
}

/** The Temporal CLI. `npm test` sets it. */
export function temporalPath(): string {
  return present(readToolSettings().temporalCli, 'CROSSFOLD_TEMPORAL_CLI');
}

function present(value: string | undefined, variable: string): string {
  if (value !== undefined) return value;
  throw new Error(`${variable} is not set: run the tests with 'npm test -- <what you would tell vitest>'`);
}
