import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { allProcesses, startedWith, type ProcessEntry } from './process-table.ts';

/** The variable that every process of a stack starts with, and hands down; its value is the stack's home. */
export const STACK_MARK = 'CROSSFOLD_STACK';

/**
 * Processes that a stack has left: those that carry its mark, the fork server that the endpoint names in a file, and the
 * descendants of both. Only meaningful once the services themselves have been stopped.
 */
export function leftovers(home: string): ProcessEntry[] {
  const table = allProcesses().filter((entry) => entry.pid !== process.pid);
  const forkServer = namedBy(join(home, 'sagemaker/fork-server.pid'), table);
  const found = new Set(
    table.filter((entry) => entry === forkServer || startedWith(entry.pid, `${STACK_MARK}=${home}`)),
  );
  for (let before = -1; before !== found.size;) {
    before = found.size;
    const parents = new Set([...found].map((entry) => entry.pid));
    for (const entry of table) if (parents.has(entry.parent)) found.add(entry);
  }
  return [...found];
}

/** The process that a pid file names, unless it started after the file was written: then it only has the same pid. */
function namedBy(file: string, table: readonly ProcessEntry[]): ProcessEntry | undefined {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (written === undefined) return undefined;
  const pid = Number(readFileSync(file, 'utf8').trim());
  return table.find((entry) => entry.pid === pid && entry.startedMs <= written + START_EXACT_TO_MS);
}

const START_EXACT_TO_MS = 1_000;
