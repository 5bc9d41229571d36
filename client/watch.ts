import { setTimeout as sleep } from 'node:timers/promises';
import { CrossfoldError } from '../core/errors.ts';
import { pauseBetweenLooks } from '../core/pace.ts';
import type { PlannedStep } from '../core/planned-jobs.ts';
import type { RunResult, RunState } from '../core/run.ts';
import { stateQuery } from '../workflows/messages.ts';
import type { Terminal } from './command.ts';
import { endedStages } from './ended-stages.ts';
import { controlLines } from './format/control-text.ts';
import { progressLines } from './format/progress-text.ts';
import { liveLines } from './live-lines.ts';
import type { RunHandle } from './runs.ts';

/** How often what is known is drawn anew, milliseconds: the clock goes on meanwhile. */
const DRAW_MS = 200;
/** What asking a run for its state takes here, of the worker and of Temporal: milliseconds of a core, which jobs on the same machine then lack. */
const ASK_MS = 16;
/** The longest pause between two looks where no live lines are drawn, milliseconds: lines that stay have the run's own times. */
const UNSEEN_MS = 10_000;
/** How long the state of a run that is over is waited for, milliseconds. */
const LAST_LOOK_MS = 2000;

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
  const lines = await liveLines(terminal);
  const stages = endedStages(lines);
  const began = performance.now();
  const closing = new AbortController();
  const result = handle.result().finally(() => closing.abort());
  // Followed below; without this a run that fails between two looks would be an unhandled rejection.
  result.catch(() => undefined);
  const over = AbortSignal.any([closing.signal, signal]);
  try {
    let silent = 0;
    let told = false;
    while (!over.aborted) {
      const state = await stateOf(handle);
      silent = state === undefined ? silent + 1 : 0;
      if (state !== undefined) {
        stages.keep(state);
        // Live lines are not drawn everywhere, and this may last.
        if (state.waiting !== undefined && !told) lines.keep(`  … ${controlLines(state).join('; ')}`);
        told = state.waiting !== undefined;
      }
      const known = (): string[] => {
        if (state === undefined) return silenceLines(silent);
        const ms = Date.now() - started.getTime();
        return progressLines({ state, ms, plan, columns: terminal.columns() });
      };
      const pause = pauseBetweenLooks(performance.now() - began, ASK_MS, terminal.live ? undefined : UNSEEN_MS);
      if (terminal.live) await draw(() => lines.show(known()), pause, over);
      else await sleep(pause, undefined, { signal: over }).catch(() => undefined);
    }
    if (signal.aborted) return undefined;
    const found = await result;
    // Stages may have come and gone since the last look; a worker that is away now is not waited for.
    // The look itself has the deadline: one that is left alone would be tried again when the connection is closed.
    const last = await handle.client.withDeadline(Date.now() + LAST_LOOK_MS, () => stateOf(handle));
    if (last !== undefined) stages.keep(last, Date.now());
    return found;
  } finally {
    lines.end();
  }
}

async function stateOf(handle: RunHandle): Promise<RunState | undefined> {
  return await handle.query(stateQuery).catch(() => undefined);
}

/** Draws again and again for so many milliseconds, at least once unless it is over. */
async function draw(once: () => void, ms: number, over: AbortSignal): Promise<void> {
  const until = performance.now() + ms;
  while (!over.aborted) {
    once();
    await sleep(DRAW_MS, undefined, { signal: over }).catch(() => undefined);
    if (performance.now() >= until) return;
  }
}

function silenceLines(silent: number): string[] {
  return [`  … no worker tells how the run is; it goes on when one is back (asked ${silent} times)`];
}

/** Says how long `handle` was waited for without an answer, where a run cannot have started. */
export function noWorker(taskQueue: string): CrossfoldError {
  return new CrossfoldError(
    'Unreachable',
    `no worker polls ${taskQueue}. Start one with 'crossfold up' or 'crossfold worker'.`,
  );
}
