import { setTimeout as sleep } from 'node:timers/promises';
import { CrossfoldError } from '../core/errors.ts';
import { shortScore } from '../core/run-details.ts';
import { STAGES, type RunResult, type RunState, type Stage } from '../core/run.ts';
import { stateQuery } from '../workflows/messages.ts';
import type { Terminal } from './command.ts';
import { controlLines } from './format/control-text.ts';
import { bar, elapsed, liveLines } from './live-lines.ts';
import type { RunHandle } from './runs.ts';

const LOOK_MS = 200;

/** What each stage does, in words. */
const TITLES: Readonly<Record<Stage, string>> = {
  split: 'split the table',
  folds: 'cross-validate the base settings',
  tune: 'tune',
  confirm: 'cross-validate what tuning found',
  nested: 'repeat the search within each fold',
  final: 'fit the final model',
  holdout: 'score the holdout',
  register: 'register the model',
  challenge: 'compare with the champion',
  approve: 'wait for approval',
  deploy: 'deploy and smoke-test',
  report: 'write the result',
};

/**
 * Follows a run until it is closed, with live progress.
 *
 * @param signal ends the following, not the run
 * @throws WorkflowFailedError when the run failed; CrossfoldError Unreachable when no worker tells its state
 */
export async function watchRun(
  handle: RunHandle,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RunResult | undefined> {
  const lines = liveLines(terminal);
  const began = performance.now();
  const shown = new Map<Stage, number>();
  const closing = new AbortController();
  const isClosed = (): boolean => closing.signal.aborted;
  const result = handle.result().finally(() => closing.abort());
  // Followed below; without this a run that fails between two looks would be an unhandled rejection.
  result.catch(() => undefined);
  const keepEnded = (current: Stage | undefined): void => {
    for (const stage of STAGES) {
      if (stage === current) break;
      const start = shown.get(stage);
      if (start === undefined) continue;
      lines.keep(`  ✓ ${TITLES[stage]} (${elapsed(performance.now() - start)})`);
      shown.delete(stage);
    }
  };
  try {
    let silent = 0;
    let told = false;
    while (!isClosed() && !signal.aborted) {
      const state = await handle.query(stateQuery).catch(() => undefined);
      if (state !== undefined) {
        silent = 0;
        keepEnded(state.stage);
        if (!shown.has(state.stage)) shown.set(state.stage, performance.now());
        // Live lines are not drawn everywhere, and this may last.
        if (state.waiting !== undefined && !told) lines.keep(`  … ${controlLines(state).join('; ')}`);
        told = state.waiting !== undefined;
        lines.show(progressLines(state, performance.now() - began));
      } else if (!isClosed()) {
        silent += 1;
        lines.show([`  … no worker tells how the run is; it goes on when one is back (asked ${silent} times)`]);
      }
      await Promise.race([sleep(LOOK_MS), result.catch(() => undefined)]);
    }
    if (signal.aborted) return undefined;
    const found = await result;
    keepEnded(undefined);
    return found;
  } finally {
    lines.end();
  }
}

function progressLines(state: RunState, ms: number): string[] {
  const folds = state.folds.filter((fold) => fold === 'done').length;
  const lines = [
    `  → ${TITLES[state.stage]}`,
    `    folds ${bar(folds, state.folds.length)} ${folds}/${state.folds.length}`,
    `    jobs  ${bar(state.jobs.length, state.plannedJobs)} ${state.jobs.length}/${state.plannedJobs}   ${elapsed(ms)}`,
  ];
  lines.push(...controlLines(state).map((line) => `    ${line}`));
  if (state.best === undefined) return lines;
  const { setting, mean, sd } = state.best;
  return [...lines, `    best  ${setting.algorithm} ${shortScore(mean)} ± ${shortScore(sd)}`];
}

/** Says how long `handle` was waited for without an answer, where a run cannot have started. */
export function noWorker(taskQueue: string): CrossfoldError {
  return new CrossfoldError(
    'Unreachable',
    `no worker polls ${taskQueue}. Start one with 'crossfold up' or 'crossfold worker'.`,
  );
}
