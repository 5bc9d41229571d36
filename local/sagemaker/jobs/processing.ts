import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { compact, type JsonObject } from '../json.ts';
import type { Objects } from '../objects.ts';
import type { Resource } from '../store.ts';
import {
  containerVariables,
  environmentVariables,
  localPath,
  messageFile,
  mlPath,
  relocated,
  resourceConfig,
  runOf,
  writeConfig,
  type ContainerSettings,
} from './container.ts';
import { ONE_MACHINE, type JobKind } from './kind.ts';

const request = z.object({
  AppSpecification: z.object({
    ContainerEntrypoint: z.array(z.string()).optional(),
    ContainerArguments: z.array(z.string()).default([]),
  }),
  ProcessingInputs: z
    .array(
      z.object({
        S3Input: z.object(
          {
            S3Uri: z.string(),
            LocalPath: mlPath,
            S3DataType: z.enum(['S3Prefix', 'ManifestFile']).default('S3Prefix'),
            S3InputMode: z.literal('File', 'only File is supported').optional(),
            S3CompressionType: z.literal('None', 'only None is supported').optional(),
          },
          'an input is an S3Input here',
        ),
      }),
    )
    .default([]),
  ProcessingOutputConfig: z
    .object({
      Outputs: z.array(
        z.object({ S3Output: z.object({ S3Uri: z.string(), LocalPath: mlPath }, 'an output is an S3Output here') }),
      ),
    })
    .default({ Outputs: [] }),
  ProcessingResources: z.object({
    ClusterConfig: z.object({ InstanceType: z.string(), InstanceCount: z.literal(1, ONE_MACHINE) }),
  }),
  StoppingCondition: z.object({ MaxRuntimeInSeconds: z.number() }).default({ MaxRuntimeInSeconds: 86_400 }),
  NetworkConfig: z.object({ EnableNetworkIsolation: z.boolean().default(false) }).prefault({}),
  Environment: environmentVariables,
});

/** What of a processing job's request decides how it runs; refuses what cannot run here. */
export const processingRequest = request;

/** Processing jobs: inputs below /opt/ml/processing, a command, outputs. */
export function processingKind(settings: ContainerSettings, objects: Objects): JobKind {
  const asked = (job: Resource): z.infer<typeof request> => request.parse(job.request);
  return {
    kind: 'processing-job',
    initial: {},
    inputs: (job, ml) =>
      asked(job).ProcessingInputs.map(({ S3Input }) => ({
        uri: S3Input.S3Uri,
        type: S3Input.S3DataType,
        folder: localPath(ml, S3Input.LocalPath),
      })),
    async prepare(job, { ml }) {
      const { ProcessingOutputConfig, ProcessingResources } = asked(job);
      await mkdir(join(ml, 'output'), { recursive: true });
      for (const { S3Output } of ProcessingOutputConfig.Outputs)
        await mkdir(localPath(ml, S3Output.LocalPath), { recursive: true });
      await writeConfig(
        ml,
        'config/resourceconfig.json',
        resourceConfig(ProcessingResources.ClusterConfig.InstanceType),
      );
      await writeConfig(ml, 'config/processingjobconfig.json', { ...job.request, ProcessingJobArn: job.arn });
    },
    launch(job, { base }) {
      const { AppSpecification, Environment, NetworkConfig } = asked(job);
      const command = relocated(
        [...(AppSpecification.ContainerEntrypoint ?? []), ...AppSpecification.ContainerArguments],
        base,
      );
      const env = { ...containerVariables(settings, base), PROCESSING_JOB_NAME: job.name, ...Environment };
      const network = !NetworkConfig.EnableNetworkIsolation;
      return Promise.resolve({ env, network, run: runOf(command, settings.python) });
    },
    accompany: () => () => Promise.resolve(),
    deadline: (job, runStart) => ({
      time: runStart + asked(job).StoppingCondition.MaxRuntimeInSeconds * 1000,
      cause: 'MaxRuntimeExceeded',
    }),
    again: () => undefined,
    phase: (_, phase, time): JsonObject => (phase === 'downloading' ? { ProcessingStartTime: time / 1000 } : {}),
    stoppedUnstarted: (_, time): JsonObject => ({ ProcessingEndTime: time / 1000 }),
    ownReason: () => Promise.resolve(undefined),
    async finish(job, { ml }, ending) {
      if (ending.kind === 'completed') {
        for (const { S3Output } of asked(job).ProcessingOutputConfig.Outputs) {
          await objects.uploadFolder(localPath(ml, S3Output.LocalPath), S3Output.S3Uri);
        }
      }
      const state = compact({
        ProcessingEndTime: ending.time / 1000,
        ExitMessage: await messageFile(join(ml, 'output/message')),
        FailureReason: ending.kind === 'failed' ? ending.reason : undefined,
      });
      return { status: STATUS[ending.kind], state };
    },
  };
}

const STATUS = { completed: 'Completed', failed: 'Failed', stopped: 'Stopped', interrupted: 'Stopped' } as const;
