import { z } from 'zod';
import { hasEnded, type JobReference } from './jobs.ts';
import { messageJson } from './message.ts';

/** The kinds of jobs: what EventBridge calls their events, and how the members of these begin. */
const EVENTS = [
  { kind: 'training', type: 'SageMaker Training Job State Change', member: 'TrainingJob' },
  { kind: 'processing', type: 'SageMaker Processing Job State Change', member: 'ProcessingJob' },
  { kind: 'tuning', type: 'SageMaker HyperParameter Tuning Job State Change', member: 'HyperParameterTuningJob' },
] as const;

/**
 * What EventBridge says of a job whose state has changed.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
const event = z.object({
  source: z.literal('aws.sagemaker'),
  'detail-type': z.string(),
  detail: z.record(z.string(), z.unknown()),
});

/** A job whose state has changed. */
export interface ChangedJob {
  readonly job: JobReference;
  readonly ended: boolean;
}

/** The job that a message tells of; undefined where it tells of something else. */
export function changedJob(message: string): ChangedJob | undefined {
  const { data } = event.safeParse(messageJson(message));
  const known = EVENTS.find(({ type }) => type === data?.['detail-type']);
  if (data === undefined || known === undefined) return undefined;
  const { [`${known.member}Name`]: name, [`${known.member}Status`]: status } = data.detail;
  if (typeof name !== 'string') return undefined;
  return { job: { kind: known.kind, name }, ended: typeof status === 'string' && hasEnded(status) };
}
