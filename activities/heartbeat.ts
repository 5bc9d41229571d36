import { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

/** Heartbeats that are sent in one heartbeat timeout: one or two may be late. */
const BEATS = 3;

/** Tells Temporal regularly that the activity is alive, with its latest details. */
export interface Heart {
  /** What the next heartbeats carry; sent at once. */
  tell(details: object): void;
  stop(): void;
}

/** The activities that beat by themselves, as they have details to tell. */
const telling = new WeakSet<Context>();

/**
 * Starts a heartbeat of three beats a timeout.
 *
 * @param timeoutMs the activity's heartbeat timeout, milliseconds
 */
export function startHeart(timeoutMs: number): Heart {
  const context = Context.current();
  telling.add(context);
  let details: object = {};
  const beat = (): void => context.heartbeat(details);
  const timer = setInterval(beat, timeoutMs / BEATS);
  return {
    tell(next) {
      details = next;
      beat();
    },
    stop: () => clearInterval(timer),
  };
}

/** Beats for every activity that has a heartbeat timeout and no heart of its own: a short contact is a long one where the world is slow. */
export const beating: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    const context = Context.current();
    const { heartbeatTimeoutMs } = context.info;
    if (heartbeatTimeoutMs === undefined) return await next(input);
    const timer = setInterval(() => {
      if (!telling.has(context)) context.heartbeat();
    }, heartbeatTimeoutMs / BEATS);
    try {
      return await next(input);
    } finally {
      clearInterval(timer);
    }
  },
};
