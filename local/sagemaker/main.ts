import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readEndpointSettings } from '../../config/endpoint.ts';
import { createLogger } from '../../config/logger.ts';
import { alarmOperations } from './cloudwatch/alarm-operations.ts';
import { Alarms } from './cloudwatch/alarms.ts';
import { metricOperations } from './cloudwatch/metric-operations.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import { interruptions, weatherControl } from './control.ts';
import { Capture } from './endpoints/capture.ts';
import { Endpoints } from './endpoints/endpoints.ts';
import { Traffic } from './endpoints/traffic.ts';
import { sendJobEvents } from './events/job-events.ts';
import { MessageQueue } from './events/message-queue.ts';
import { queueOperations } from './events/queue-operations.ts';
import { Images } from './images.ts';
import { Environments } from './jobs/environments.ts';
import { ForkServer } from './jobs/fork-server.ts';
import { InputFetcher } from './jobs/input.ts';
import { processFiles } from './jobs/process.ts';
import { processingKind } from './jobs/processing.ts';
import { JobRunner } from './jobs/runner.ts';
import { Scheduler } from './jobs/scheduler.ts';
import { trainingKind } from './jobs/training.ts';
import { transformKind } from './jobs/transform.ts';
import { checkRequest } from './model/check-request.ts';
import { canMount } from './mounts.ts';
import { Objects } from './objects.ts';
import { endpointConfigs } from './operations/endpoint-configs.ts';
import { endpointOperations } from './operations/endpoints.ts';
import { describeGroup, describePackage, modelPackages } from './operations/model-packages.ts';
import { models } from './operations/models.ts';
import { without } from './operations/operation.ts';
import { processingJobs } from './operations/processing-jobs.ts';
import { search } from './operations/search.ts';
import { tags } from './operations/tags.ts';
import { describeTrainingJob, trainingJobs } from './operations/training-jobs.ts';
import { transformJobs } from './operations/transform-jobs.ts';
import { tuningJobs } from './operations/tuning-jobs.ts';
import { createEndpointServer } from './server.ts';
import { logs } from './services/logs.ts';
import { Store } from './store.ts';
import { Tuner } from './tuning/tuner.ts';
import { carryUnder } from './weather/carry.ts';
import { readForecast } from './weather/file.ts';
import { Weather } from './weather/weather.ts';

/** The local SageMaker endpoint: composition only. */
async function main(): Promise<void> {
  const settings = readEndpointSettings();
  const logger = createLogger({ logLevel: 'info' }, 'sagemaker');
  const { state, region, python, stopGraceMs } = settings;
  const cache = join(state, 'cache');
  mkdirSync(cache, { recursive: true, mode: 0o700 });

  const store = new Store(join(state, 'state.db'));
  const queue = new MessageQueue();
  sendJobEvents(store, queue, region);
  const metrics = new MetricStore(join(state, 'metrics.db'));
  const alarms = new Alarms(store, metrics);
  const objects = new Objects(settings);
  const images = new Images();
  const mounts = canMount(python);
  const container = {
    python,
    region,
    threads: Math.max(1, Math.floor(availableParallelism() / settings.jobs)),
    marks: settings.marks,
  };
  const forkServer = new ForkServer(settings);
  const weather = new Weather(settings.weather === undefined ? undefined : readForecast(settings.weather));
  const runner = new JobRunner({
    ...{ store, forkServer, logger, mounts, stopGraceMs, weather },
    inputs: new InputFetcher(objects, cache),
    folder: join(state, 'jobs'),
  });
  const scheduler = new Scheduler(settings.jobs, runner, store);
  const environments = new Environments({
    ...{ forkServer, container, inherited: settings.inherited },
    folder: join(state, 'environments'),
  });
  const [processing, transform, training] = [
    processingKind(container, objects),
    transformKind(container, objects),
    trainingKind(container, objects, environments, (job, error) =>
      logger.warn({ job, error: String(error) }, 'checkpoints could not be kept'),
    ),
  ];
  const endpoints = new Endpoints({
    ...{ store, alarms, logger, forkServer, objects, container, mounts },
    folder: join(state, 'endpoints'),
  });
  const capture = new Capture({ store, objects, logger, folder: join(state, 'capture') });
  const trainings = trainingJobs(store, region, training, scheduler, images);
  const tuner = new Tuner({
    ...{ store, trainings, python, logger, inherited: settings.inherited },
    logOf: (name) => processFiles(join(state, 'jobs', 'training-job', name)).log,
  });

  const server = createEndpointServer({
    operations: {
      ...trainings.operations,
      ...processingJobs(store, region, processing, scheduler, images),
      ...transformJobs(store, region, transform, scheduler),
      ...tuningJobs(store, region, tuner, images),
      ...models(store, region, images),
      ...endpointConfigs(store, region),
      ...endpointOperations(store, region, endpoints),
      ...modelPackages(store, region),
      ...tags(store),
      Search: search(store, {
        TrainingJob: { kind: 'training-job', describe: (job) => without(describeTrainingJob(job), 'WarmPoolStatus') },
        ModelPackage: { kind: 'model-package', describe: describePackage },
        ModelPackageGroup: { kind: 'model-package-group', describe: describeGroup },
      }),
    },
    check(operation, body) {
      checkRequest(operation, body);
      weather.requireQuota(operation, body, store);
    },
    carry: carryUnder(weather, store),
    logs: logs(store, join(state, 'jobs'), join(state, 'endpoints'), region),
    cloudWatch: { ...alarmOperations(store, region, alarms), ...metricOperations(metrics) },
    queue: queueOperations(queue),
    control: { ...interruptions(store, training, scheduler), ...weatherControl(weather) },
    traffic: new Traffic(store, metrics),
    ...{ capture, logger, names: settings.names, signer: settings },
  });

  await scheduler.resume([processing, transform, training]);
  alarms.start();
  await endpoints.resume();
  await capture.resume();
  tuner.resume();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  logger.info(
    { host: settings.host, port: settings.port, jobs: settings.jobs, optMl: mounts ? 'mounted' : 'rewritten' },
    'listening',
  );
  // Warm before the first job asks for it.
  forkServer
    .ready()
    .catch((error: unknown) => logger.error({ error: String(error) }, 'the fork server does not start'));

  const shutdown = async (): Promise<void> => {
    logger.info('shutting down');
    server.close();
    server.closeAllConnections();
    tuner.close();
    alarms.close();
    await Promise.all([scheduler.close(), endpoints.close(), capture.close()]);
    await forkServer.stop();
    objects.close();
    metrics.close();
    store.close();
  };
  let closing: Promise<void> | undefined;
  const onSignal = (): void => {
    closing ??= shutdown().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error: String(error) }, 'shutting down failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

await main();
