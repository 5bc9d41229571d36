import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** A message that waits in a queue: it comes again until it is done with. */
export interface QueuedMessage {
  readonly body: string;
  readonly receipt: string;
}

/** A queue of Amazon SQS that events go to. */
export interface EventQueue {
  /** The next messages; waits for some for up to 20 seconds. */
  receive(signal: AbortSignal): Promise<QueuedMessage[]>;
  /** Takes received messages out of the queue; those that it cannot take out come again. */
  done(messages: readonly QueuedMessage[]): Promise<void>;
  close(): void;
}

/** Messages at a time, and how long to wait for one, seconds: SQS's own limits. */
const MOST = 10;
const LONGEST_WAIT_S = 20;

/** A queue by AWS's own default chain of credentials, region and endpoint. */
export function createEventQueue(url: string): EventQueue {
  const client = new SQSClient({ maxAttempts: 3 });
  return {
    async receive(signal) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: MOST, WaitTimeSeconds: LONGEST_WAIT_S }),
        { abortSignal: signal },
      );
      return Messages.flatMap(({ Body, ReceiptHandle }) =>
        Body === undefined || ReceiptHandle === undefined ? [] : [{ body: Body, receipt: ReceiptHandle }],
      );
    },
    async done(messages) {
      if (messages.length === 0) return;
      const Entries = messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    },
    close: () => client.destroy(),
  };
}
