import { CrossfoldError } from '../../core/errors.ts';
import { failed, type Check, type Finding } from './check.ts';

/** A check with what it found. */
export type Examined = { readonly name: string } & Finding;

/** Runs every check, in their order; one that throws has failed with the error's own words. */
export async function examine(checks: readonly Check[]): Promise<Examined[]> {
  return await Promise.all(checks.map(async ({ name, look }) => ({ name, ...(await look().catch(asFinding)) })));
}

/** An error of ours says the way out itself; one that nobody foresaw goes on. */
function asFinding(error: unknown): Finding {
  if (!(error instanceof CrossfoldError)) throw error;
  const [found = '', ...rest] = error.message.split(/(?<=[.:]) (?=[A-Z])/);
  return failed(error.code, found, rest.join(' '));
}
