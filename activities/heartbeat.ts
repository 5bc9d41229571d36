import { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

/** Heartbeats that are sent in one heartbeat timeout: one or two may be late. */
const BEATS = 3;

/** Tells what an activity is at: at once, and with each heartbeat that follows. */
export type Tell = (details: object) => void;

/** The latest that activities have told. */
const told = new WeakMap<Context, object>();

/** The means of the activity that runs here to tell what it is at, which it may hand on to what runs elsewhere. */
export function teller(): Tell {
  const context = Context.current();
  return (details) => {
    told.set(context, details);
    context.heartbeat(details);
  };
}

/** Beats for every activity that has a heartbeat timeout: even a short contact is a long one where the world is slow. */
export const beating: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    const context = Context.current();
    const { heartbeatTimeoutMs } = context.info;
    if (heartbeatTimeoutMs === undefined) return await next(input);
    const timer = setInterval(() => context.heartbeat(told.get(context)), heartbeatTimeoutMs / BEATS);
    try {
      return await next(input);
    } finally {
      clearInterval(timer);
    }
  },
};
