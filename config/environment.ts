import type { Environment } from './settings.ts';

/** The environment of this process. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Variables that would send a client elsewhere than where the local stack's variables point it. */
const ELSEWHERE = /^(AWS_PROFILE|AWS_SESSION_TOKEN|AWS_ENDPOINT_URL\w*|TEMPORAL_\w+)$/;

/**
 * Points this process at the local stack where its environment points nowhere: without CROSSFOLD_BUCKET nothing can run
 * on AWS. All of the stack's variables are taken or none, so that no credentials of AWS meet the stack and none of the
 * stack's meet AWS; the AWS SDK reads them from the process.
 *
 * @param stack the stack's variables; undefined where none is up
 */
export function pointAtStack(stack: Readonly<Record<string, string>> | undefined): void {
  if (stack === undefined || (process.env['CROSSFOLD_BUCKET'] ?? '') !== '') return;
  for (const name of Object.keys(process.env)) if (ELSEWHERE.test(name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, stack);
}
