import { readToolSettings } from '../../config/home.ts';

/** An interpreter with what jobs, tests and checks import. `npm test` sets it. */
export function pythonPath(): string {
  const { python } = readToolSettings();
  if (python !== undefined) return python;
  throw new Error("CROSSFOLD_PYTHON is not set: run the tests with 'npm test -- <what you would tell vitest>'");
}
