import { Context } from '@temporalio/activity';

/** Tells Temporal regularly that the activity is alive, with its latest details. */
export interface Heart {
  /** What the next heartbeats carry; sent at once. */
  tell(details: object): void;
  stop(): void;
}

/**
 * Starts a heartbeat of three beats a timeout.
 *
 * @param timeoutMs the activity's heartbeat timeout, milliseconds
 */
export function startHeart(timeoutMs: number): Heart {
  const context = Context.current();
  let details: object = {};
  const beat = (): void => context.heartbeat(details);
  const timer = setInterval(beat, timeoutMs / 3);
  return {
    tell(next) {
      details = next;
      beat();
    },
    stop: () => clearInterval(timer),
  };
}
