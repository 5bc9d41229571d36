import { z } from 'zod';
import { messageJson } from './message.ts';

/**
 * What EventBridge says of an object that was written.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
const event = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
});

/** The address of the object that a message tells of; undefined where it tells of something else. */
export function writtenObject(message: string): string | undefined {
  const { data } = event.safeParse(messageJson(message));
  return data === undefined ? undefined : `s3://${data.detail.bucket.name}/${data.detail.object.key}`;
}
