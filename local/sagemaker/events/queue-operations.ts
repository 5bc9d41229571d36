import { createHash } from 'node:crypto';
import { z } from 'zod';
import { EVENTS_QUEUE_PATH } from '../arns.ts';
import { ServiceError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import type { Operations } from '../operations/operation.ts';
import { parsed } from '../parsed.ts';
import type { MessageQueue } from './message-queue.ts';

const address = z.object({ QueueUrl: z.string() });
const receiving = z.object({
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  WaitTimeSeconds: z.number().int().min(0).max(20).default(0),
});
const deletion = z.object({ ReceiptHandle: z.string() });
const deletions = z.object({
  Entries: z
    .array(deletion.extend({ Id: z.string() }))
    .min(1)
    .max(10),
});

/** What a receiver asks of SQS, of the one queue that there is: the events of jobs. */
export function queueOperations(queue: MessageQueue): Operations {
  return {
    async ReceiveMessage(request) {
      requireQueue(request);
      const { MaxNumberOfMessages, WaitTimeSeconds } = parsed(receiving, request);
      const messages = await queue.receive(MaxNumberOfMessages, WaitTimeSeconds * 1000);
      if (messages.length === 0) return {};
      return {
        Messages: messages.map(({ id, body, receipt }) => ({
          ...{ MessageId: id, ReceiptHandle: receipt, Body: body },
          MD5OfBody: createHash('md5').update(body).digest('hex'),
        })),
      };
    },
    DeleteMessage(request) {
      requireQueue(request);
      queue.delete(parsed(deletion, request).ReceiptHandle);
      return {};
    },
    DeleteMessageBatch(request) {
      requireQueue(request);
      const { Entries } = parsed(deletions, request);
      for (const { ReceiptHandle } of Entries) queue.delete(ReceiptHandle);
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
  };
}

function requireQueue(request: JsonObject): void {
  const { QueueUrl } = parsed(address, request);
  if (QueueUrl.endsWith(EVENTS_QUEUE_PATH)) return;
  throw new ServiceError('QueueDoesNotExist', `There is no queue ${QueueUrl} here, but ${EVENTS_QUEUE_PATH}.`);
}
