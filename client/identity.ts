import { userInfo } from 'node:os';

/** Who asks, where nobody is named: the user of this machine. */
export function currentUser(): string {
  return userInfo().username;
}
