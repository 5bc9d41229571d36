import type { NotificationSettings } from '../core/notification.ts';
import type { AwsClients } from './aws.ts';
import type { WakeUps } from './jobs/wake-ups.ts';
import type { Telemetry } from './telemetry.ts';

/** The part of a logger that activities use. */
export interface ActivityLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What activities are handed. */
export interface ActivityDeps {
  readonly aws: AwsClients;
  readonly logger: ActivityLogger;
  readonly telemetry: Telemetry;
  readonly notifications: NotificationSettings;
  /** The Temporal Web UI, for links. */
  readonly uiUrl: string;
  /** Jobs that this worker has running at once. */
  readonly slots: number;
  /** Time between two looks at jobs and endpoints, milliseconds. */
  readonly pollMs: number;
  /** List and describe calls a second, at most. */
  readonly apiRate: number;
  /** Where events tell of jobs that have ended; jobs are then looked at less often. */
  readonly wakeUps?: WakeUps | undefined;
}
