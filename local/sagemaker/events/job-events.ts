import { randomUUID } from 'node:crypto';
import { ACCOUNT, type Kind } from '../arns.ts';
import { isOver } from '../jobs/kind.ts';
import type { Resource, Store } from '../store.ts';
import type { MessageQueue } from './message-queue.ts';

/** The kinds of jobs that EventBridge tells of: as its events call them, and as their members begin. */
const KINDS: Readonly<Partial<Record<Kind, { readonly words: string; readonly member: string }>>> = {
  'training-job': { words: 'Training Job', member: 'TrainingJob' },
  'processing-job': { words: 'Processing Job', member: 'ProcessingJob' },
  'transform-job': { words: 'Transform Job', member: 'TransformJob' },
  'hyper-parameter-tuning-job': { words: 'HyperParameter Tuning Job', member: 'HyperParameterTuningJob' },
};

/**
 * Sends an event for each job that has ended, as EventBridge does for a rule that names these statuses and the queue as its target.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function sendJobEvents(store: Store, queue: MessageQueue, region: string): void {
  store.watch((before, after) => {
    if (isOver(before.status) || !isOver(after.status)) return;
    const event = eventOf(after, region);
    if (event !== undefined) queue.send(JSON.stringify(event));
  });
}

function eventOf({ kind, name, arn, status, modified, state }: Resource, region: string): object | undefined {
  const names = KINDS[kind];
  if (names === undefined) return undefined;
  const { words, member } = names;
  const secondary = state['SecondaryStatus'];
  return {
    ...{ version: '0', id: randomUUID(), 'detail-type': `SageMaker ${words} State Change`, source: 'aws.sagemaker' },
    ...{ account: ACCOUNT, time: new Date(modified).toISOString(), region, resources: [arn] },
    detail: {
      ...{ [`${member}Name`]: name, [`${member}Arn`]: arn, [`${member}Status`]: status },
      ...(secondary !== undefined && { SecondaryStatus: secondary }),
    },
  };
}
