import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { toCrossfoldError } from '../aws-errors.ts';
import type { NotificationChannel } from './channel.ts';

/** The longest subject of a message, and what it may have (SNS API reference, Publish). */
const SUBJECT_LENGTH = 100;

/** A topic of Amazon SNS. */
export function snsChannel(client: SNSClient, topic: string): NotificationChannel {
  return {
    name: 'sns',
    async send({ event, pipeline, title, text }, link) {
      const attribute = (value: string): { DataType: string; StringValue: string } => ({
        ...{ DataType: 'String', StringValue: value },
      });
      await client
        .send(
          new PublishCommand({
            TopicArn: topic,
            Subject: title.replace(/[^\x20-\x7e]/g, ' ').slice(0, SUBJECT_LENGTH),
            Message: `${title}\n\n${text}\n\n${link}`,
            MessageAttributes: { event: attribute(event), pipeline: attribute(pipeline) },
          }),
        )
        .catch((error: unknown) => {
          throw toCrossfoldError(error, `publish to ${topic}`);
        });
    },
  };
}
