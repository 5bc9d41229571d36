import { activityInfo } from '@temporalio/activity';
import { SNSClient } from '@aws-sdk/client-sns';
import { CrossfoldError } from '../../core/errors.ts';
import type { Notification, NotificationEvent, NotificationSettings } from '../../core/notification.ts';
import type { NotificationChannel } from './channel.ts';
import { slackChannel } from './slack.ts';
import { snsChannel } from './sns.ts';
import { webhookChannel } from './webhook.ts';

export interface NotificationActivities {
  /** The channels that are told of an event, by name. */
  notificationChannels(event: NotificationEvent): Promise<string[]>;
  /**
   * Tells one channel. A channel that this worker has not is told nothing.
   *
   * @throws CrossfoldError Unreachable, RequestInvalid, AccessDenied
   */
  notify(channel: string, notification: Notification): Promise<void>;
}

export function createNotificationActivities(settings: NotificationSettings, uiUrl: string): NotificationActivities {
  const channels = channelsOf(settings);
  return {
    notificationChannels: (event) =>
      Promise.resolve(settings.events.includes(event) ? channels.map(({ name }) => name) : []),
    async notify(name, notification) {
      const channel = channels.find((each) => each.name === name);
      if (channel === undefined)
        throw new CrossfoldError('SettingsInvalid', `this worker has no settings for notifications by ${name}.`);
      const { namespace } = activityInfo();
      await channel.send(
        notification,
        `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(notification.run)}`,
      );
    },
  };
}

function channelsOf({ webhook, slack, topic }: NotificationSettings): NotificationChannel[] {
  return [
    ...(webhook === undefined ? [] : [webhookChannel(webhook.url, webhook.secret)]),
    ...(slack === undefined ? [] : [slackChannel(slack)]),
    ...(topic === undefined ? [] : [snsChannel(new SNSClient({ maxAttempts: 3 }), topic)]),
  ];
}
