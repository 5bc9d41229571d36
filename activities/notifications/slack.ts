import type { NotificationChannel } from './channel.ts';
import { postJson } from './post.ts';

/** An incoming webhook as Slack has it (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks), and others take it as well. */
export function slackChannel(url: string): NotificationChannel {
  return {
    name: 'slack',
    async send({ title, text }, link) {
      await postJson(
        'slack',
        url,
        JSON.stringify({ text: `*${escaped(title)}*\n${escaped(text)}\n<${link}|the run>` }),
      );
    },
  };
}

/** Slack reads `&`, `<` and `>` as its own (https://docs.slack.dev/messaging/formatting-message-text). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
