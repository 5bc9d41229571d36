import type { ActivityInterceptors, ActivityInterceptorsFactory } from '@temporalio/worker';
import { failures } from './failures.ts';
import { beating } from './heartbeat.ts';

/** What every worker puts around its activities. */
export const activityInterceptors: ActivityInterceptorsFactory[] = [
  (): ActivityInterceptors => ({ inbound: beating }),
  (): ActivityInterceptors => ({ inbound: failures }),
];
