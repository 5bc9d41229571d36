import type { Notification } from '../../core/notification.ts';

/** A way to tell people: what a new one has to bring. */
export interface NotificationChannel {
  readonly name: string;
  /**
   * Delivers the news, once more where an earlier attempt was lost.
   *
   * @param link to the run, for people
   * @throws CrossfoldError Unreachable (worth another attempt), RequestInvalid, AccessDenied
   */
  send(notification: Notification, link: string): Promise<void>;
}
