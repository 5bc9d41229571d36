import { describe, expect, test } from 'vitest';
import { changedJob } from '../../core/job-event.ts';

/** An event of the documentation, https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html, in part. */
const eventOf = (words: string, member: string, status: string): string =>
  JSON.stringify({
    ...{ version: '0', id: '844e2571-85d4-695f-b930-0153b71dcb42', source: 'aws.sagemaker' },
    ...{ 'detail-type': `SageMaker ${words} State Change`, account: '123456789012', time: '2018-10-06T12:26:13Z' },
    detail: { [`${member}Name`]: 'a-job', [`${member}Status`]: status },
  });

describe('the event of a job', () => {
  test.each([
    ['Training Job', 'TrainingJob', 'training'],
    ['Processing Job', 'ProcessingJob', 'processing'],
    ['HyperParameter Tuning Job', 'HyperParameterTuningJob', 'tuning'],
  ])('says of a %s which it is, and whether it has ended', (words, member, kind) => {
    const job = { kind, name: 'a-job' };
    expect(changedJob(eventOf(words, member, 'Failed'))).toEqual({ job, ended: true });
    expect(changedJob(eventOf(words, member, 'InProgress'))).toEqual({ job, ended: false });
  });

  test.each([
    ['of another kind', eventOf('Endpoint', 'Endpoint', 'Failed')],
    ['without a name', eventOf('Training Job', 'ProcessingJob', 'Failed')],
    ['of another source', eventOf('Training Job', 'TrainingJob', 'Failed').replace('aws.sagemaker', 'aws.s3')],
    ['that is no event', '{}'],
    ['that is no JSON', 'Completed'],
  ])('is none where it is one %s', (_, message) => {
    expect(changedJob(message)).toBeUndefined();
  });
});
