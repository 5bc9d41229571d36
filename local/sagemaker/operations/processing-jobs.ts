import { z } from 'zod';
import { ServiceError, validation } from '../errors.ts';
import type { Images } from '../images.ts';
import { isOver, type JobKind } from '../jobs/kind.ts';
import { processingRequest } from '../jobs/processing.ts';
import type { Scheduler } from '../jobs/scheduler.ts';
import type { JsonObject } from '../json.ts';
import { parsed } from '../parsed.ts';
import { page } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { addJob, requireJob, stopJob } from './job-operations.ts';
import { pick, without, type Operations } from './operation.ts';

const WORDS = { kind: 'processing-job', member: 'ProcessingJob', words: 'processing job' } as const;

const image = z.object({
  AppSpecification: z.object({ ImageUri: z.string(), ContainerEntrypoint: z.array(z.string()).optional() }),
});

export function processingJobs(
  store: Store,
  region: string,
  kind: JobKind,
  scheduler: Scheduler,
  images: Images,
): Operations {
  return {
    CreateProcessingJob(request) {
      requireRunnable(request, images);
      const job = addJob(store, region, WORDS, request, kind.initial);
      scheduler.add(kind, job.name);
      return { ProcessingJobArn: job.arn };
    },
    DescribeProcessingJob: (request) => describe(requireJob(store, WORDS, request)),
    ListProcessingJobs: (request) =>
      page(store, request, { kind: 'processing-job', member: 'ProcessingJobSummaries', summarize: summaryOf }),
    StopProcessingJob(request) {
      stopJob(store, scheduler, kind, WORDS, request);
      return {};
    },
    async DeleteProcessingJob(request) {
      const job = requireJob(store, WORDS, request);
      if (!isOver(job.status)) {
        throw new ServiceError(
          'ResourceInUse',
          `The processing job ${job.arn} is in status ${job.status}: it cannot be deleted.`,
        );
      }
      await scheduler.forget(kind, job.name);
      store.remove('processing-job', job.name);
      return {};
    },
  };
}

function describe(job: Resource): JsonObject {
  return {
    ...without(job.request, 'Tags'),
    ...pick(job.state, 'ProcessingStartTime', 'ProcessingEndTime', 'ExitMessage', 'FailureReason'),
    ProcessingJobArn: job.arn,
    ProcessingJobStatus: job.status,
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
  };
}

function summaryOf(job: Resource): JsonObject {
  return {
    ProcessingJobName: job.name,
    ProcessingJobArn: job.arn,
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
    ProcessingJobStatus: job.status,
    ...pick(job.state, 'ProcessingEndTime', 'FailureReason', 'ExitMessage'),
  };
}

/** @throws ServiceError ValidationException for what AWS would run and this endpoint cannot */
function requireRunnable(request: JsonObject, images: Images): void {
  const { ImageUri, ContainerEntrypoint = [] } = parsed(image, request).AppSpecification;
  images.require(ImageUri);
  if (ContainerEntrypoint.length === 0) {
    throw validation('AppSpecification.ContainerEntrypoint is missing: no image is there that could bring its own.');
  }
  parsed(processingRequest, request, 'The processing job cannot run here');
}
