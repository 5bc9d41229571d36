import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../json.ts';
import type { Objects } from '../objects.ts';
import type { Resource } from '../store.ts';
import { pack } from './archive.ts';
import { BUILT_IN_COMMAND, loggedMetrics } from './builtin-xgboost.ts';
import { keepCheckpoints, restoreCheckpoints } from './checkpoints.ts';
import {
  containerVariables,
  localPath,
  messageFile,
  relocated,
  resourceConfig,
  runOf,
  searchPath,
  writeConfig,
  type ContainerSettings,
} from './container.ts';
import type { Environments } from './environments.ts';
import type { Launch } from './fork-server.ts';
import { OURS, type JobKind, type JobPlace } from './kind.ts';
import { finalMetrics } from './metrics.ts';
import { fetchScripts, programOf, submittedAt, submittedWithin, toolkitVariables } from './script-mode.ts';
import { trainingRequest, type TrainingRequest } from './training-request.ts';
import { lastState, STATUS, toPhase, toSecondary } from './training-state.ts';

/** Training jobs: channels, hyperparameters, a script, a model. */
export function trainingKind(
  settings: ContainerSettings,
  objects: Objects,
  environments: Environments,
  warn: (job: string, error: unknown) => void,
): JobKind {
  const asked = (job: Resource): TrainingRequest => trainingRequest.parse(job.request);
  const checkpoints = (job: Resource, ml: string): { uri: string; folder: string } | undefined => {
    const { CheckpointConfig } = asked(job);
    if (CheckpointConfig === undefined) return undefined;
    return { uri: CheckpointConfig.S3Uri, folder: localPath(ml, CheckpointConfig.LocalPath) };
  };

  async function keep(job: Resource, { ml }: JobPlace): Promise<void> {
    const { S3OutputPath, CompressionType } = asked(job).OutputDataConfig;
    const target = `${S3OutputPath.replace(/\/$/, '')}/${job.name}/output`;
    for (const [folder, name] of [
      ['model', 'model'],
      ['output/data', 'output'],
    ] as const) {
      const path = join(ml, folder);
      // A job that failed before it ran has no folders; one without output has no archive of it.
      const files = await readdir(path).catch(() => undefined);
      if (files === undefined || (name === 'output' && files.length === 0)) continue;
      if (CompressionType === 'NONE') {
        await objects.uploadFolder(path, `${target}/${folder.replace('output/', '')}`);
        continue;
      }
      const archive = join(ml, `../${name}.tar.gz`);
      await pack(path, archive);
      await objects.upload(archive, `${target}/${name}.tar.gz`);
    }
  }

  /** What the job runs: its own command, its image's algorithm, or its script with what that needs. */
  async function program(
    job: Resource,
    place: JobPlace,
  ): Promise<{ run: Launch['run']; cwd?: string; variables?: Readonly<Record<string, string>> }> {
    const { base, ml } = place;
    const { AlgorithmSpecification, HyperParameters, EnableNetworkIsolation } = asked(job);
    const { ContainerEntrypoint, ContainerArguments } = AlgorithmSpecification;
    if (ContainerEntrypoint !== undefined) {
      return { run: runOf(relocated([...ContainerEntrypoint, ...ContainerArguments], base), settings.python) };
    }
    if (job.state['BuiltIn'] === true) return { run: runOf(BUILT_IN_COMMAND, settings.python) };
    const { run, installs } = await programOf(HyperParameters, join(ml, 'code'), base);
    const cwd = `${base}/code`;
    const installed = installs ? await environments.provide(place, !EnableNetworkIsolation) : undefined;
    if (installed === undefined) return { run, cwd };
    const site = `${base}/${installed.folder}`;
    return {
      cwd,
      variables: { PYTHONPATH: site, PATH: `${site}/bin:${searchPath(settings)}` },
      // The warm interpreter has imported the versions that are replaced.
      run: installed.replaces && 'script' in run ? { command: [settings.python, ...run.script] } : run,
    };
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
    async prepare(job, { ml }) {
      const { HyperParameters, ResourceConfig, CheckpointConfig } = asked(job);
      for (const folder of ['model', 'output/data', 'output/intermediate', 'checkpoints', 'code'])
        await mkdir(join(ml, folder), { recursive: true });
      await writeConfig(ml, 'input/config/hyperparameters.json', HyperParameters);
      await writeConfig(ml, 'input/config/resourceconfig.json', resourceConfig(ResourceConfig.InstanceType));
      await writeConfig(ml, 'input/config/inputdataconfig.json', channelsConfig(asked(job)));
      const saved = checkpoints(job, ml);
      if (saved !== undefined) {
        const LocalPath = CheckpointConfig?.LocalPath ?? '';
        await writeConfig(ml, 'input/config/checkpointconfig.json', { LocalPath });
        await mkdir(saved.folder, { recursive: true });
        await restoreCheckpoints(objects, saved.uri, saved.folder);
      }
      const scripts = submittedAt(HyperParameters);
      if (scripts !== undefined) await fetchScripts(scripts, join(ml, 'code'), objects);
      const folder = submittedWithin(HyperParameters);
      if (folder !== undefined) await cp(localPath(ml, folder), join(ml, 'code'), { recursive: true });
    },
    async launch(job, place) {
      const { base } = place;
      const { AlgorithmSpecification, HyperParameters, Environment, InputDataConfig, ResourceConfig } = asked(job);
      const toolkit = toolkitVariables({
        ...{ name: job.name, base, hyperparameters: HyperParameters, threads: settings.threads },
        channels: InputDataConfig.map(({ ChannelName }) => ChannelName),
        channelsConfig: channelsConfig(asked(job)),
        resourceConfig: resourceConfig(ResourceConfig.InstanceType),
        instanceType: ResourceConfig.InstanceType,
        framework: AlgorithmSpecification.TrainingImage.includes('xgboost')
          ? 'sagemaker_xgboost_container.training:main'
          : 'sagemaker_sklearn_container.training:main',
      });
      const network = !asked(job).EnableNetworkIsolation;
      const { run, cwd = base, variables = {} } = await program(job, place);
      const env = {
        ...containerVariables(settings, base),
        ...toolkit,
        TRAINING_JOB_NAME: job.name,
        TRAINING_JOB_ARN: job.arn,
        ...variables,
        ...Environment,
      };
      return { env, network, cwd, run };
    },
    accompany(job, { ml }) {
      const saved = checkpoints(job, ml);
      if (saved === undefined) return () => Promise.resolve();
      return keepCheckpoints(objects, saved.uri, saved.folder, (error) => warn(job.name, error));
    },
    deadline(job, runStart) {
      const { MaxRuntimeInSeconds, MaxWaitTimeInSeconds = Number.POSITIVE_INFINITY } = asked(job).StoppingCondition;
      const [run, wait] = [runStart + MaxRuntimeInSeconds * 1000, job.created + MaxWaitTimeInSeconds * 1000];
      return run <= wait ? { time: run, cause: 'MaxRuntimeExceeded' } : { time: wait, cause: 'MaxWaitTimeExceeded' };
    },
    again(job, ending) {
      const { StoppingCondition, RetryStrategy } = asked(job);
      if (ending.kind === 'interrupted') {
        const waitEnd = job.created + (StoppingCondition.MaxWaitTimeInSeconds ?? 0) * 1000;
        if (ending.time >= waitEnd) return undefined;
        const cut = toSecondary(job, 'Interrupted', 'Training job interrupted: the spot capacity is gone', ending.time);
        return toSecondary({ ...job, state: cut }, 'Starting', 'Starting the training job again', ending.time);
      }
      const left = (RetryStrategy?.MaximumRetryAttempts ?? 0) - Number(job.state['Retries'] ?? 0);
      if (ending.kind !== 'failed' || !ending.reason.startsWith(OURS) || left <= 0) return undefined;
      return {
        ...toSecondary(job, 'Restarting', `Restarting the training job: ${ending.reason}`, ending.time),
        Retries: Number(job.state['Retries'] ?? 0) + 1,
      };
    },
    phase: toPhase,
    stoppedUnstarted: (job, time) => toSecondary(job, 'Stopped', 'Training job stopped', time),
    ownReason: (ml) => messageFile(join(ml, 'output/failure')),
    async finish(job, place, ending) {
      await keep(job, place);
      const definitions =
        job.state['BuiltIn'] === true
          ? await loggedMetrics(place.log)
          : asked(job).AlgorithmSpecification.MetricDefinitions;
      const metrics = await finalMetrics(place.log, definitions, ending.time).catch(() => []);
      return { status: STATUS[ending.kind], state: lastState(job, { ...ending, time: Date.now() }, metrics) };
    },
  };
}

/** The channels as inputdataconfig.json has them. */
function channelsConfig({ AlgorithmSpecification, InputDataConfig }: TrainingRequest): Json {
  return Object.fromEntries(
    InputDataConfig.map(({ ChannelName, ContentType, InputMode, DataSource }): [string, Json] => [
      ChannelName,
      {
        ...(ContentType !== undefined && { ContentType }),
        TrainingInputMode: InputMode ?? AlgorithmSpecification.TrainingInputMode ?? 'File',
        S3DistributionType: DataSource.S3DataSource.S3DataDistributionType,
        RecordWrapperType: 'None',
      },
    ]),
  );
}
