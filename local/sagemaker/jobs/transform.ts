import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { compact, type JsonObject } from '../json.ts';
import type { Objects } from '../objects.ts';
import { splitUri } from '../objects.ts';
import type { Resource } from '../store.ts';
import { containerVariables, messageFile, runOf, writeConfig, type ContainerSettings } from './container.ts';
import { InputError } from './input.ts';
import { OURS, type JobKind } from './kind.ts';
import { modelVariables, placeModel } from './model.ts';
import { formatsOf, transformRequest, type TransformRequest } from './transform-request.ts';

const DRIVER = fileURLToPath(new URL('../python/transform.py', import.meta.url));

/** How often a job begins again whose process is gone: what it does twice comes to the same. */
const MOST_RESTARTS = 3;

const served = z.object({ ModelDataUrl: z.string(), Environment: z.record(z.string(), z.string()) });
const STRATEGIES = { MultiRecord: 'MULTI_RECORD', SingleRecord: 'SINGLE_RECORD' } as const;
const STATUS = { completed: 'Completed', failed: 'Failed', stopped: 'Stopped', interrupted: 'Stopped' } as const;

/**
 * Transform jobs: a model server, and a driver that sends it the records of S3 objects and keeps what it answers. Both are
 * one process of the job with a child. The state of a job has its model's container, so that the model may be deleted.
 */
export function transformKind(settings: ContainerSettings, objects: Objects): JobKind {
  const asked = (job: Resource): TransformRequest => transformRequest.parse(job.request);
  const container = (job: Resource): z.infer<typeof served> => {
    const { ModelDataUrl, Environment } = served.parse(job.state['Container']);
    return { ModelDataUrl, Environment: { ...Environment, ...asked(job).Environment } };
  };
  return {
    kind: 'transform-job',
    initial: {},
    inputs(job, ml) {
      const { S3Uri, S3DataType } = asked(job).TransformInput.DataSource.S3DataSource;
      return [{ uri: S3Uri, type: S3DataType, folder: join(ml, 'transform/input') }];
    },
    async prepare(job, { ml }) {
      const model = container(job);
      if (!(await objects.exists(model.ModelDataUrl)))
        throw new InputError(`Could not find model data at ${model.ModelDataUrl}.`);
      await placeModel(objects, ml, model);
      await writeConfig(ml, 'transform/job.json', driverConfig(asked(job)));
    },
    launch(job, { base }) {
      const { MaxPayloadInMB, BatchStrategy, MaxConcurrentTransforms } = asked(job);
      const env = {
        ...containerVariables(settings, base),
        ...modelVariables(container(job), base),
        SAGEMAKER_BATCH: 'true',
        SAGEMAKER_MAX_PAYLOAD_IN_MB: String(MaxPayloadInMB),
        SAGEMAKER_BATCH_STRATEGY: STRATEGIES[BatchStrategy],
        SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(MaxConcurrentTransforms),
      };
      return Promise.resolve({ env, run: runOf(['python3', DRIVER, `${base}/transform`], settings.python) });
    },
    accompany: () => () => Promise.resolve(),
    deadline: () => ({ time: Number.POSITIVE_INFINITY, cause: 'MaxRuntimeExceeded' }),
    again(job, { kind, reason }) {
      const restarts = Number(job.state['Restarts'] ?? 0);
      const gone = kind === 'failed' && reason.startsWith(OURS);
      return gone && restarts < MOST_RESTARTS ? { Restarts: restarts + 1 } : undefined;
    },
    phase: (job, phase, time): JsonObject =>
      phase === 'running' ? { TransformStartTime: job.state['TransformStartTime'] ?? time / 1000 } : {},
    stoppedUnstarted: (_, time): JsonObject => ({ TransformEndTime: time / 1000 }),
    ownReason: () => Promise.resolve(undefined),
    async finish(job, { ml }, ending) {
      const output = join(ml, 'transform/output');
      // As on AWS: a job that failed keeps the output of the files that did not, one that was stopped keeps nothing.
      const keeps = ending.kind === 'completed' || ending.kind === 'failed';
      if (keeps && (await isThere(output))) await objects.uploadFolder(output, asked(job).TransformOutput.S3OutputPath);
      const reason = (await messageFile(join(ml, 'transform/failure'))) ?? ending.reason;
      const state = compact({
        TransformEndTime: Date.now() / 1000,
        FailureReason: ending.kind === 'failed' ? reason : undefined,
      });
      return { status: STATUS[ending.kind], state };
    },
  };
}

/** What the driver is told; Python's batch_transform.job reads it. */
function driverConfig(asked: TransformRequest): JsonObject {
  const { TransformInput, TransformOutput, ModelClientConfig, DataProcessing } = asked;
  const { input, output } = formatsOf(asked);
  return {
    source: sourceOf(asked),
    contentType: TransformInput.ContentType ?? null,
    accept: TransformOutput.Accept ?? null,
    gzip: TransformInput.CompressionType === 'Gzip',
    byLine: TransformInput.SplitType === 'Line',
    single: asked.BatchStrategy === 'SingleRecord',
    payloadBytes: asked.MaxPayloadInMB * 1024 ** 2,
    concurrency: asked.MaxConcurrentTransforms,
    timeoutSeconds: ModelClientConfig.InvocationsTimeoutInSeconds,
    retries: ModelClientConfig.InvocationsMaxRetries,
    assembleByLine: TransformOutput.AssembleWith === 'Line',
    inputFormat: input ?? null,
    outputFormat: output ?? null,
    inputFilter: DataProcessing.InputFilter ?? null,
    outputFilter: DataProcessing.OutputFilter ?? null,
    joins: DataProcessing.JoinSource === 'Input',
  };
}

/** Where the paths of the input's files begin, as the job's log names it; nothing where that is not one place. */
function sourceOf({ TransformInput }: TransformRequest): string {
  const { S3Uri } = TransformInput.DataSource.S3DataSource;
  const { Bucket, Key } = splitUri(S3Uri);
  return S3Uri.endsWith('/') ? `${Bucket}/${Key}` : '';
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
