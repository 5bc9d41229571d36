import { setTimeout as sleep } from 'node:timers/promises';
import { CrossfoldError } from '../core/errors.ts';
import type { PlannedStep } from '../core/planned-jobs.ts';
import { STAGES, type RunResult, type Stage } from '../core/run.ts';
import { stateQuery } from '../workflows/messages.ts';
import type { Terminal } from './command.ts';
import { controlLines } from './format/control-text.ts';
import { progressLines, STAGE_TITLES } from './format/progress-text.ts';
import { elapsed, liveLines } from './live-lines.ts';
import type { RunHandle } from './runs.ts';

const LOOK_MS = 200;

/** What is known of a run that is followed. */
export interface Followed {
  readonly plan?: readonly PlannedStep[];
  /** When the run has started; now where it has just been. */
  readonly started?: Date;
}

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
  { plan = [], started = new Date() }: Followed = {},
): Promise<RunResult | undefined> {
  const lines = liveLines(terminal);
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
      lines.keep(`  ✓ ${STAGE_TITLES[stage]} (${elapsed(performance.now() - start)})`);
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
        const ms = Date.now() - started.getTime();
        lines.show(progressLines({ state, ms, plan, columns: terminal.columns() }));
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

/** Says how long `handle` was waited for without an answer, where a run cannot have started. */
export function noWorker(taskQueue: string): CrossfoldError {
  return new CrossfoldError(
    'Unreachable',
    `no worker polls ${taskQueue}. Start one with 'crossfold up' or 'crossfold worker'.`,
  );
}
