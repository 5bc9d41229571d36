import { z } from 'zod';
import { validation } from '../errors.ts';
import type { Images } from '../images.ts';
import type { JobKind } from '../jobs/kind.ts';
import type { Scheduler } from '../jobs/scheduler.ts';
import { toSecondary, trainingRequest } from '../jobs/training.ts';
import type { JsonObject } from '../json.ts';
import { page } from '../pager.ts';
import type { Resource, Store } from '../store.ts';
import { addJob, requireJob, requireRunning } from './job-operations.ts';
import { pick, without, type Operations } from './operation.ts';

const WORDS = { kind: 'training-job', member: 'TrainingJob', words: 'training job' } as const;

const images = z.object({ AlgorithmSpecification: z.object({ TrainingImage: z.string() }) });
const modes = z.object({ TrainingInputMode: z.string().optional(), InputMode: z.string().optional() });

export interface TrainingJobs {
  readonly operations: Operations;
  /** Makes a training job as CreateTrainingJob does; `state` is what its maker notes on it. */
  create(request: JsonObject, state: JsonObject): Resource;
}

export function trainingJobs(
  store: Store,
  region: string,
  kind: JobKind,
  scheduler: Scheduler,
  known: Images,
): TrainingJobs {
  function create(request: JsonObject, state: JsonObject): Resource {
    requireRunnable(request, known);
    const job = addJob(store, region, WORDS, request, { ...kind.initial, ...state });
    store.change('training-job', job.name, {
      state: toSecondary(job, 'Starting', 'Starting the training job', Date.now()),
    });
    scheduler.add(kind, job.name);
    return job;
  }

  return {
    create,
    operations: {
      CreateTrainingJob: (request) => ({ TrainingJobArn: create(request, {}).arn }),
      DescribeTrainingJob: (request) => describe(requireJob(store, WORDS, request)),
      ListTrainingJobs: (request) => page(store.all('training-job'), request, 'TrainingJobSummaries', summaryOf),
      StopTrainingJob(request) {
        const job = requireJob(store, WORDS, request);
        requireRunning(job, WORDS.words);
        store.change('training-job', job.name, { status: 'Stopping', state: kind.phase(job, 'stopping', Date.now()) });
        scheduler.stop(kind, job.name);
        return {};
      },
    },
  };
}

function describe(job: Resource): JsonObject {
  return {
    ...without(job.request, 'Tags'),
    ...without(job.state, 'RunStart', 'StopCause'),
    TrainingJobArn: job.arn,
    TrainingJobStatus: job.status,
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
    StoppingCondition: job.request['StoppingCondition'] ?? { MaxRuntimeInSeconds: 86_400 },
  };
}

/** A training job as lists show it. */
export function summaryOf(job: Resource): JsonObject {
  return {
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    CreationTime: job.created / 1000,
    LastModifiedTime: job.modified / 1000,
    TrainingJobStatus: job.status,
    SecondaryStatus: job.state['SecondaryStatus'] ?? 'Starting',
    ...pick(job.state, 'TrainingEndTime'),
  };
}

/** @throws ServiceError ValidationException for what AWS would run and this endpoint cannot */
function requireRunnable(request: JsonObject, known: Images): void {
  const image = images.safeParse(request);
  if (!image.success)
    throw validation('AlgorithmSpecification.TrainingImage is missing: jobs run here by their image.');
  known.require(image.data.AlgorithmSpecification.TrainingImage);
  const inputs = [
    request['AlgorithmSpecification'],
    ...(Array.isArray(request['InputDataConfig']) ? request['InputDataConfig'] : []),
  ];
  for (const input of inputs) {
    const { TrainingInputMode, InputMode } = modes.parse(input);
    if (TrainingInputMode === 'Pipe' || InputMode === 'Pipe') {
      throw validation('The input mode Pipe is not supported here; use File or FastFile.');
    }
  }
  const parsed = trainingRequest.safeParse(request);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw validation(`The training job cannot run here: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
