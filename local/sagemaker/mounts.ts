import { spawnSync } from 'node:child_process';

/** Whether a process may have /opt/ml to itself: a mount namespace, which takes Linux and the right to make one. */
export function canMount(python: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const probe = 'import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x00020000))';
  return spawnSync(python, ['-c', probe], { stdio: 'ignore' }).status === 0;
}
