import type { Challenge } from './challenge.ts';
import type { Champion } from './champion.ts';
import { contentKey } from './content-key.ts';
import type { RunInput, RunResult } from './run.ts';

/** What the runs of a schedule have in common. */
export type RunTemplate = Omit<RunInput, 'run' | 'data' | 'champion' | 'subset'>;

/** What came out of one firing of a schedule. */
export interface Retrained {
  /** skipped: nothing was trained; kept: the champion still serves; deployed: the challenger does. */
  readonly outcome: 'skipped' | 'kept' | 'deployed';
  readonly reason: string;
  /** The version of the table that was looked at. */
  readonly version: string;
  /** Workflow id of the run that trained the challenger; undefined where none did. */
  readonly run: string | undefined;
  readonly challenge: Challenge | undefined;
}

/** What a verdict depends on: the same data against the same champion by the same pipeline need not be weighed again. */
export function retrainKey({ pipeline, code, image }: RunTemplate, champion: Champion, version: string): string {
  return contentKey({ step: 'retrain', pipeline, code, image, champion: champion.config, version });
}

/** What a run of a schedule came to. */
export function retrainedBy(
  run: string,
  version: string,
  why: string,
  { challenge, approval, deployment }: Pick<RunResult, 'challenge' | 'approval' | 'deployment'>,
): Retrained {
  const outcome = deployment === undefined ? 'kept' : 'deployed';
  const decided = approval === undefined ? [] : [`${approval.outcome} by ${approval.by}: ${approval.reason}`];
  const reason = [why, ...(challenge === undefined ? [] : [challenge.reason]), ...decided].join('; ');
  return { outcome, reason, version, run, challenge };
}
