import { Webhook } from 'standardwebhooks';
import type { NotificationChannel } from './channel.ts';
import { postJson } from './post.ts';

/**
 * A webhook signed as Standard Webhooks says (https://www.standardwebhooks.com): `webhook-id`, `webhook-timestamp` and `webhook-signature`.
 *
 * @param secret `whsec_` and base64
 */
export function webhookChannel(url: string, secret: string, now: () => Date = () => new Date()): NotificationChannel {
  const signer = new Webhook(secret);
  return {
    name: 'webhook',
    async send(notification, link) {
      const { id, event, at, ...data } = notification;
      const body = JSON.stringify({ type: `run.${event}`, timestamp: at, data: { ...data, link } });
      const time = now();
      await postJson('webhook', url, body, {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
        'webhook-signature': signer.sign(id, time, body),
      });
    },
  };
}
