/** What people are told of. */
export const EVENTS = ['finished', 'failed', 'approval', 'drift', 'rollback', 'budget'] as const;
export type NotificationEvent = (typeof EVENTS)[number];

/** One piece of news about a run. */
export interface Notification {
  /** The same for every attempt to deliver it, so that whoever receives it twice can tell. */
  readonly id: string;
  readonly event: NotificationEvent;
  readonly pipeline: string;
  /** Workflow id of the run. */
  readonly run: string;
  /** One line. */
  readonly title: string;
  /** What happened, and what to do where something is to be done. */
  readonly text: string;
  /** When it happened, ISO 8601. */
  readonly at: string;
}

/** Who is told, and of what. Addresses and secrets stay in the worker: no history has them. */
export interface NotificationSettings {
  readonly events: readonly NotificationEvent[];
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
  readonly slack: string | undefined;
  readonly topic: string | undefined;
}

/** The news of an event, named so that the same event of the same run is the same news. */
export function notificationOf(
  event: NotificationEvent,
  { run, pipeline, at }: { readonly run: string; readonly pipeline: string; readonly at: string },
  title: string,
  text: string,
): Notification {
  return { id: `${run}/${event}`, event, pipeline, run, title, text, at };
}
