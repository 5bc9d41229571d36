import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { compact, type Json, type JsonObject } from '../json.ts';
import type { Objects } from '../objects.ts';
import type { Resource } from '../store.ts';
import { pack } from './archive.ts';
import {
  containerVariables,
  environmentVariables,
  messageFile,
  relocated,
  resourceConfig,
  runOf,
  writeConfig,
  type ContainerSettings,
} from './container.ts';
import type { Ending, JobKind, JobPlace, Phase } from './kind.ts';
import { finalMetrics, metricDefinitions } from './metrics.ts';
import { scriptCommand, toolkitVariables, unpackScripts } from './script-mode.ts';

const request = z.object({
  AlgorithmSpecification: z.object({
    ContainerEntrypoint: z.array(z.string()).optional(),
    ContainerArguments: z.array(z.string()).default([]),
    MetricDefinitions: metricDefinitions.default([]),
  }),
  HyperParameters: z.record(z.string(), z.string()).default({}),
  InputDataConfig: z
    .array(
      z.object({
        ChannelName: z.string(),
        DataSource: z.object({
          S3DataSource: z.object({ S3Uri: z.string(), S3DataType: z.enum(['S3Prefix', 'ManifestFile']) }),
        }),
      }),
    )
    .default([]),
  OutputDataConfig: z.object({ S3OutputPath: z.string(), CompressionType: z.enum(['GZIP', 'NONE']).default('GZIP') }),
  ResourceConfig: z.object({ InstanceType: z.string() }),
  StoppingCondition: z
    .object({ MaxRuntimeInSeconds: z.number().default(86_400) })
    .default({ MaxRuntimeInSeconds: 86_400 }),
  CheckpointConfig: z.object({ S3Uri: z.string() }).optional(),
  Environment: environmentVariables,
});

/** What of a training job's request decides how it runs; refuses what cannot run here. */
export const trainingRequest = request;

/** What a phase is called in SecondaryStatus, with AWS's own words beside it. */
const PHASES: Readonly<Record<Phase, { status: string; message: string }>> = {
  downloading: { status: 'Downloading', message: 'Downloading input data' },
  running: { status: 'Training', message: 'Training image download completed. Training in progress.' },
  uploading: { status: 'Uploading', message: 'Uploading generated training model' },
  stopping: { status: 'Stopping', message: 'Stopping the training job' },
};

const transitions = z.array(z.record(z.string(), z.union([z.string(), z.number()]))).default([]);

/** The state in which the job comes to another secondary status. */
export function toSecondary(job: Resource, status: string, message: string, time: number): JsonObject {
  const before = transitions.parse(job.state['SecondaryStatusTransitions']);
  const seconds = time / 1000;
  const ended: Json[] = before.map((each, index) =>
    index === before.length - 1 && each['EndTime'] === undefined ? { ...each, EndTime: seconds } : each,
  );
  return {
    SecondaryStatus: status,
    SecondaryStatusTransitions: [...ended, { Status: status, StartTime: seconds, StatusMessage: message }],
  };
}

/** Training jobs: channels, hyperparameters, a script, a model. */
export function trainingKind(settings: ContainerSettings, objects: Objects): JobKind {
  const asked = (job: Resource): z.infer<typeof request> => request.parse(job.request);

  async function keep(job: Resource, { ml }: JobPlace): Promise<void> {
    const { S3OutputPath, CompressionType } = asked(job).OutputDataConfig;
    const target = `${S3OutputPath.replace(/\/$/, '')}/${job.name}/output`;
    for (const [folder, name] of [
      ['model', 'model'],
      ['output/data', 'output'],
    ] as const) {
      const path = join(ml, folder);
      if (name === 'output' && (await readdir(path)).length === 0) continue;
      if (CompressionType === 'NONE') {
        await objects.uploadFolder(path, `${target}/${folder.replace('output/', '')}`);
        continue;
      }
      const archive = join(ml, `../${name}.tar.gz`);
      await pack(path, archive);
      await objects.upload(archive, `${target}/${name}.tar.gz`);
    }
    const { CheckpointConfig } = asked(job);
    if (CheckpointConfig !== undefined) await objects.uploadFolder(join(ml, 'checkpoints'), CheckpointConfig.S3Uri);
  }

  return {
    kind: 'training-job',
    initial: { SecondaryStatus: 'Starting' },
    inputs: (job, ml) =>
      asked(job).InputDataConfig.map(({ ChannelName, DataSource }) => ({
        uri: DataSource.S3DataSource.S3Uri,
        type: DataSource.S3DataSource.S3DataType,
        folder: join(ml, 'input/data', ChannelName),
      })),
    async prepare(job, place) {
      const { ml } = place;
      const { HyperParameters, InputDataConfig, ResourceConfig, CheckpointConfig } = asked(job);
      for (const folder of ['model', 'output/data', 'checkpoints', 'code'])
        await mkdir(join(ml, folder), { recursive: true });
      await writeConfig(ml, 'input/config/hyperparameters.json', HyperParameters);
      await writeConfig(ml, 'input/config/resourceconfig.json', resourceConfig(ResourceConfig.InstanceType));
      await writeConfig(
        ml,
        'input/config/inputdataconfig.json',
        Object.fromEntries(
          InputDataConfig.map(({ ChannelName }): [string, Json] => [
            ChannelName,
            { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'None' },
          ]),
        ),
      );
      for (const { object, path } of CheckpointConfig === undefined
        ? []
        : await objects.below(`${CheckpointConfig.S3Uri.replace(/\/$/, '')}/`)) {
        await objects.download(object, join(ml, 'checkpoints', path));
      }
      await unpackScripts(HyperParameters, ml, objects);
    },
    launch(job, { base, ml }) {
      const { AlgorithmSpecification, HyperParameters, Environment, InputDataConfig, ResourceConfig } = asked(job);
      const { ContainerEntrypoint, ContainerArguments } = AlgorithmSpecification;
      const command =
        ContainerEntrypoint === undefined
          ? scriptCommand(HyperParameters, base)
          : relocated([...ContainerEntrypoint, ...ContainerArguments], base);
      const toolkit = toolkitVariables({
        base,
        hyperparameters: HyperParameters,
        channels: InputDataConfig.map(({ ChannelName }) => ChannelName),
        instanceType: ResourceConfig.InstanceType,
      });
      const env = {
        ...containerVariables(settings, base, ml),
        ...toolkit,
        TRAINING_JOB_NAME: job.name,
        TRAINING_JOB_ARN: job.arn,
        ...Environment,
      };
      return Promise.resolve({ env, run: runOf(command, settings.python) });
    },
    maxRuntime: (job) => asked(job).StoppingCondition.MaxRuntimeInSeconds,
    phase(job, phase, time) {
      const { status, message } = PHASES[phase];
      const started: JsonObject = phase === 'downloading' ? { TrainingStartTime: time / 1000 } : {};
      return { ...started, ...toSecondary(job, status, message, time) };
    },
    stoppedUnstarted: (job, time) => toSecondary(job, 'Stopped', 'Training job stopped', time),
    ownReason: (ml) => messageFile(join(ml, 'output/failure')),
    async finish(job, place, ending) {
      const { AlgorithmSpecification, OutputDataConfig } = asked(job);
      await keep(job, place);
      const metrics = await finalMetrics(place.log, AlgorithmSpecification.MetricDefinitions, ending.time).catch(
        () => [],
      );
      const model = `${OutputDataConfig.S3OutputPath.replace(/\/$/, '')}/${job.name}/output/${OutputDataConfig.CompressionType === 'NONE' ? 'model/' : 'model.tar.gz'}`;
      return { status: STATUS[ending.kind], state: lastState(job, ending, metrics, model) };
    },
  };
}

const STATUS = { completed: 'Completed', failed: 'Failed', stopped: 'Stopped' } as const;

function lastState(job: Resource, ending: Ending, metrics: JsonObject[], model: string): JsonObject {
  const started = Number(job.state['TrainingStartTime'] ?? ending.time / 1000);
  const seconds = Math.max(1, Math.ceil(ending.time / 1000 - started));
  const timedOut = job.state['StopCause'] === 'MaxRuntimeExceeded';
  const secondary = ending.kind === 'stopped' && timedOut ? 'MaxRuntimeExceeded' : STATUS[ending.kind];
  const messages = {
    completed: 'Training job completed',
    failed: 'Training job failed',
    stopped: 'Training job stopped',
  };
  return compact({
    ...toSecondary(job, secondary, messages[ending.kind], ending.time),
    TrainingEndTime: ending.time / 1000,
    TrainingTimeInSeconds: seconds,
    BillableTimeInSeconds: seconds,
    ModelArtifacts: { S3ModelArtifacts: model },
    FinalMetricDataList: metrics.length > 0 ? metrics : undefined,
    FailureReason: ending.kind === 'failed' ? ending.reason : undefined,
  });
}
