import type { JobKind } from '../jobs/kind.ts';
import type { Scheduler } from '../jobs/scheduler.ts';
import { transformRequest } from '../jobs/transform-request.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { page } from '../pager.ts';
import { parsed } from '../parsed.ts';
import type { Resource, Store } from '../store.ts';
import { addJob, requireJob, stopJob } from './job-operations.ts';
import { containerOf } from './models.ts';
import { pick, text, without, type Operations } from './operation.ts';

const WORDS = { kind: 'transform-job', member: 'TransformJob', words: 'transform job' } as const;

/** Members that AWS's answer has whether they were asked for or not. */
const DEFAULTS = {
  TransformInput: { CompressionType: 'None', SplitType: 'None' },
  TransformOutput: { AssembleWith: 'None', KmsKeyId: '' },
  DataProcessing: { InputFilter: '$', OutputFilter: '$', JoinSource: 'None' },
} as const;

export function transformJobs(store: Store, region: string, kind: JobKind, scheduler: Scheduler): Operations {
  return {
    CreateTransformJob(request) {
      parsed(transformRequest, request, 'The transform job cannot run here');
      const { ModelDataUrl, Environment } = containerOf(store, text(request, 'ModelName'));
      const initial = { ...kind.initial, Container: { ModelDataUrl, Environment: { ...Environment } } };
      const job = addJob(store, region, WORDS, request, initial);
      scheduler.add(kind, job.name);
      return { TransformJobArn: job.arn };
    },
    DescribeTransformJob: (request) => describe(requireJob(store, WORDS, request)),
    ListTransformJobs: (request) =>
      page(store, request, { kind: 'transform-job', member: 'TransformJobSummaries', summarize: summaryOf }),
    StopTransformJob(request) {
      stopJob(store, scheduler, kind, WORDS, request);
      return {};
    },
  };
}

function describe(job: Resource): JsonObject {
  const filled = Object.entries(DEFAULTS).map(([member, defaults]): [string, Json] => {
    const given = job.request[member];
    return [member, { ...defaults, ...(isObject(given) ? given : {}) }];
  });
  return {
    ...without(job.request, 'Tags'),
    ...Object.fromEntries(filled),
    ...pick(job.state, 'TransformStartTime', 'TransformEndTime', 'FailureReason'),
    TransformJobArn: job.arn,
    TransformJobStatus: job.status,
    CreationTime: job.created / 1000,
  };
}

function summaryOf(job: Resource): JsonObject {
  return {
    TransformJobName: job.name,
    TransformJobArn: job.arn,
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
    TransformJobStatus: job.status,
    ...pick(job.state, 'TransformEndTime', 'FailureReason'),
  };
}
