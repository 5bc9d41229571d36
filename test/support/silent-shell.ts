import type { Shell } from '../../client/command.ts';

/** A shell for a program whose commands are looked at and not run. */
export const silentShell: Shell = {
  terminal: { print: () => undefined, note: () => undefined, live: false, columns: () => 80, width: () => 80 },
  interrupted: new AbortController().signal,
  exit: () => undefined,
};
