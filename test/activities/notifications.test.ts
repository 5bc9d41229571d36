import { SNSClient } from '@aws-sdk/client-sns';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { slackChannel } from '../../activities/notifications/slack.ts';
import { snsChannel } from '../../activities/notifications/sns.ts';
import { webhookChannel } from '../../activities/notifications/webhook.ts';
import { notificationOf } from '../../core/notification.ts';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const LINK = 'http://127.0.0.1:8233/run';
const RUN = { run: 'titanic/2026-11-25T10-30Z-7f3a', pipeline: 'titanic', at: '2026-11-25T10:42:00.000Z' };
const news = notificationOf('failed', RUN, 'titanic failed <b>', 'preprocess: no column "Age" & no other');

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let url: string;
let received: Received[];
let answer: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  url = `http://127.0.0.1:${address.port}/receiver`;
});
afterAll(() => server.close());
beforeEach(() => {
  received = [];
  answer = { status: 204 };
});

function theOne(): Received {
  const [first] = received;
  if (first === undefined) throw new Error('nothing was received');
  return first;
}

function signed(headers: IncomingHttpHeaders): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}

test('a webhook is signed, so that its receiver knows who sent it and that nothing was changed', async () => {
  await webhookChannel(url, SECRET).send(news, LINK);
  const { headers, body } = theOne();
  const verified = new Webhook(SECRET).verify(body, signed(headers));
  expect(headers['webhook-id']).toBe('titanic/2026-11-25T10-30Z-7f3a/failed');
  expect(verified).toEqual({
    ...{ type: 'run.failed', timestamp: RUN.at },
    data: { pipeline: 'titanic', run: RUN.run, title: news.title, text: news.text, link: LINK },
  });
  const other = new Webhook(`whsec_${Buffer.from('another secret of 24 bytes').toString('base64')}`);
  expect(() => other.verify(body, signed(headers))).toThrow();
});

test('Slack gets text in which nothing is a command', async () => {
  await slackChannel(url).send(news, LINK);
  expect(JSON.parse(theOne().body)).toEqual({
    text: `*titanic failed &lt;b&gt;*\npreprocess: no column "Age" &amp; no other\n<${LINK}|the run>`,
  });
});

test('a topic gets the message, its subject, and what subscriptions filter by', async () => {
  const xml = '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
  answer = { status: 200, headers: { 'content-type': 'text/xml' }, body: xml };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new SNSClient({ region: 'us-east-1', endpoint: url, credentials });
  await snsChannel(client, 'arn:aws:sns:us-east-1:000000000000:runs').send(news, LINK);
  const form = new URLSearchParams(theOne().body);
  expect(form.get('TopicArn')).toBe('arn:aws:sns:us-east-1:000000000000:runs');
  expect(form.get('Subject')).toBe('titanic failed <b>');
  expect(form.get('Message')).toBe(`${news.title}\n\n${news.text}\n\n${LINK}`);
  expect([...form.values()]).toEqual(expect.arrayContaining(['event', 'failed', 'pipeline', 'titanic']));
});

test.each([
  [503, 'Unreachable'],
  [429, 'Unreachable'],
  [404, 'RequestInvalid'],
  [302, 'RequestInvalid'],
])('an answer of %i is %s, and names no address', async (status, code) => {
  answer = { status, headers: { location: `${url}/elsewhere` } };
  const failure = slackChannel(url).send(news, LINK);
  await expect(failure).rejects.toMatchObject({ code });
  await expect(failure).rejects.not.toThrow(/127\.0\.0\.1/);
  expect(received).toHaveLength(1);
});

test('a receiver that is not there may be there later', async () => {
  await expect(slackChannel('http://127.0.0.1:1/').send(news, LINK)).rejects.toMatchObject({ code: 'Unreachable' });
});
