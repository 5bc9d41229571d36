import { z } from 'zod';
import { CrossfoldError } from '../core/errors.ts';
import { EVENTS, type NotificationSettings } from '../core/notification.ts';
import type { Environment } from './settings.ts';

/** What is told leaves the machine: encrypted, unless the receiver is on it. */
const receiver = z.url({ protocol: /^https?$/ }).refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}, 'must begin with https://, but for a receiver on this machine');

const events = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.enum(EVENTS)));

const environment = z
  .object({
    CROSSFOLD_NOTIFY: events.default([...EVENTS]),
    CROSSFOLD_WEBHOOK_URL: receiver.optional(),
    CROSSFOLD_WEBHOOK_SECRET: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and at least 24 bytes in base64')
      .optional(),
    CROSSFOLD_SLACK_URL: receiver.optional(),
    CROSSFOLD_SNS_TOPIC_ARN: z
      .string()
      .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, 'must be the ARN of a topic that is not FIFO')
      .optional(),
  })
  .refine(
    ({ CROSSFOLD_WEBHOOK_URL: url, CROSSFOLD_WEBHOOK_SECRET: secret }) =>
      (url === undefined) === (secret === undefined),
    {
      path: ['CROSSFOLD_WEBHOOK_SECRET'],
      message: 'has to be set together with CROSSFOLD_WEBHOOK_URL: every webhook is signed',
    },
  );

/**
 * Reads who is told of runs, and of what.
 *
 * @throws CrossfoldError SettingsInvalid, naming each variable that is malformed, and no value: addresses may be secrets
 */
export function readNotificationSettings(variables: Environment): NotificationSettings {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path[0]?.toString() ?? ''}: ${issue.message}`);
    throw new CrossfoldError('SettingsInvalid', faults.join('\n'));
  }
  const found = parsed.data;
  const { CROSSFOLD_WEBHOOK_URL: url, CROSSFOLD_WEBHOOK_SECRET: secret } = found;
  return {
    events: found.CROSSFOLD_NOTIFY,
    webhook: url === undefined || secret === undefined ? undefined : { url, secret },
    slack: found.CROSSFOLD_SLACK_URL,
    topic: found.CROSSFOLD_SNS_TOPIC_ARN,
  };
}
