import type { Decision } from '../../core/approval.ts';
import type { RunState } from '../../core/run.ts';

/** What a run waits for, for people; no line for one that waits for nothing. */
export function controlLines({ paused, waiting }: Pick<RunState, 'paused' | 'waiting'>): string[] {
  const lines = [];
  if (paused !== undefined)
    lines.push(`paused since ${paused.since} by ${paused.by}: ${paused.reason}; 'crossfold resume' lets it go on`);
  if (waiting !== undefined) {
    const { until, otherwise } = waiting;
    const deadline = until === undefined ? '' : `; without a decision by ${until} it is to ${otherwise}`;
    lines.push(`waiting for 'crossfold approve' or 'crossfold reject' since ${waiting.since}${deadline}`);
  }
  return lines;
}

/** A decision for people. */
export function decisionText({ outcome, by, reason, at }: Decision): string {
  return `${outcome} by ${by} at ${at}: ${reason}`;
}
