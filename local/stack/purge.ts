import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What the stack keeps in its home. Only these are deleted: the home may be a folder that holds other things too. */
const OURS = [
  'temporal',
  's3',
  'sagemaker',
  'logs',
  'worker.ready',
  'env.json',
  'sagemaker-sdk.yaml',
  'credentials.json',
  'stack.json',
  'stack.lock',
];

/** Deletes the stack's state, and the home itself where nothing else is in it. Answers with what to tell the user. */
export function purgeHome(home: string): string {
  for (const name of OURS) rmSync(join(home, name), { recursive: true, force: true });
  const others = readdirSync(home);
  if (others.length > 0) return `${home} keeps what is not the stack's: ${others.join(', ')}`;
  rmdirSync(home);
  return `${home} deleted`;
}

/** Removes the file that points clients at a stack: there is none to point at. */
export function removeEnvironment(home: string): void {
  rmSync(join(home, 'env.json'), { force: true });
}
