import { expect, test } from 'vitest';
import { readNotificationSettings } from '../../config/notifications.ts';
import { EVENTS } from '../../core/notification.ts';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;

test('nobody is told where nothing is set', () => {
  expect(readNotificationSettings({})).toEqual({
    ...{ events: EVENTS, webhook: undefined, slack: undefined, topic: undefined },
  });
});

test('who is told, and of what', () => {
  const found = readNotificationSettings({
    CROSSFOLD_NOTIFY: 'failed, drift',
    CROSSFOLD_WEBHOOK_URL: 'https://example.com/hook',
    CROSSFOLD_WEBHOOK_SECRET: SECRET,
    CROSSFOLD_SNS_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:runs',
  });
  expect(found).toEqual({
    events: ['failed', 'drift'],
    webhook: { url: 'https://example.com/hook', secret: SECRET },
    slack: undefined,
    topic: 'arn:aws:sns:us-east-1:000000000000:runs',
  });
});

test.each([
  ['an unknown event', { CROSSFOLD_NOTIFY: 'finishd' }, /CROSSFOLD_NOTIFY/],
  [
    'a receiver without encryption',
    { CROSSFOLD_SLACK_URL: 'http://example.com/T0/B0/key' },
    /CROSSFOLD_SLACK_URL.*https/,
  ],
  ['a file', { CROSSFOLD_SLACK_URL: 'file:///etc/passwd' }, /CROSSFOLD_SLACK_URL/],
  ['an unsigned webhook', { CROSSFOLD_WEBHOOK_URL: 'https://example.com/hook' }, /CROSSFOLD_WEBHOOK_SECRET/],
  [
    'a short secret',
    { CROSSFOLD_WEBHOOK_URL: 'https://example.com/', CROSSFOLD_WEBHOOK_SECRET: 'whsec_c2hvcnQ=' },
    /24 bytes/,
  ],
])('%s is refused, and no value is shown', (_what, variables, message) => {
  expect(() => readNotificationSettings(variables)).toThrow(message);
  expect(() => readNotificationSettings(variables)).not.toThrow(/example\.com|passwd|c2hvcnQ/);
});
