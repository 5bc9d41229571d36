import { Worker } from '@temporalio/worker';
import { rm, writeFile } from 'node:fs/promises';
import { createActivities } from '../activities/index.ts';
import { createAwsClients } from '../activities/aws.ts';
import { createEventQueue } from '../activities/event-queue.ts';
import { activityInterceptors } from '../activities/interceptors.ts';
import { WakeUps } from '../activities/jobs/wake-ups.ts';
import { readNotificationSettings } from '../config/notifications.ts';
import { createLogger, type Logger } from '../config/logger.ts';
import { readSettings, type Environment } from '../config/settings.ts';
import { connectClient, readDataConverter } from '../config/temporal.ts';
import { connectWorker } from '../config/temporal-worker.ts';
import { startTracing } from '../config/tracing.ts';
import { JOBS_TASK_QUEUE, TASK_QUEUE } from '../core/names.ts';
import { BUNDLE_PATH } from './bundle.ts';
import { watchEvents } from './events.ts';
import { serveHealth } from './health.ts';
import { createMetrics } from './metrics.ts';
import { installRuntime } from './runtime.ts';
import { workerTracing } from './tracing.ts';

/** Waiting costs next to nothing: what bounds jobs is their launch tokens, not these. */
const WAITING_SLOTS = 2000;

/**
 * The worker process: one worker for workflows and short activities, one for the activities that wait for jobs.
 * Ends when a signal asks for it, and then lets running activities go back to the server for another worker.
 */
export async function runWorker(environment: Environment, stop: AbortSignal): Promise<void> {
  const settings = readSettings(environment);
  const logger = createLogger(settings, 'worker');
  installRuntime(logger, settings.temporalMetrics);
  const { registry, telemetry } = createMetrics();
  const tracing = await startTracing(environment, 'crossfold-worker');
  const spans = tracing && workerTracing(tracing);
  const { connection, namespace } = await connectWorker(environment);
  let events: Events | undefined;
  try {
    // Connected before anything is polled for: where that fails, the start does.
    if (settings.eventsQueue) events = await connectEvents(settings.eventsQueue, environment, logger);
    const notifications = readNotificationSettings(environment);
    const aws = createAwsClients(telemetry);
    const activities = createActivities({
      ...settings,
      aws,
      logger,
      telemetry,
      notifications,
      wakeUps: events?.wakeUps,
    });
    const common = {
      dataConverter: readDataConverter(environment),
      ...{ connection, namespace, activities, shutdownGraceTime: '5 s', shutdownForceTime: '20 s' },
      interceptors: { activity: [...(spans ? [spans.activity] : []), ...activityInterceptors] },
      ...(spans && { sinks: spans.sinks }),
    };
    const workers = await Promise.all([
      Worker.create({
        ...common,
        taskQueue: TASK_QUEUE,
        workflowBundle: { codePath: BUNDLE_PATH },
        stickyQueueScheduleToStartTimeout: settings.stickyMs,
      }),
      Worker.create({ ...common, taskQueue: JOBS_TASK_QUEUE, maxConcurrentActivityTaskExecutions: WAITING_SLOTS }),
    ]);
    const inState = (...states: ReturnType<Worker['getState']>[]): boolean =>
      workers.every((worker) => states.includes(worker.getState()));
    const health = {
      alive: () => inState('INITIALIZED', 'RUNNING', 'STOPPING', 'DRAINING', 'DRAINED'),
      ready: () => inState('RUNNING'),
    };
    const server = settings.metrics && (await serveHealth(settings.metrics, health, registry));
    const shutdown = (): void => {
      logger.info('shutting down');
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    };
    stop.addEventListener('abort', shutdown, { once: true });
    const running = Promise.all(workers.map((worker) => worker.run()));
    const watching = events?.watch(stop);
    if (stop.aborted) shutdown();
    logger.info({ namespace, taskQueues: [TASK_QUEUE, JOBS_TASK_QUEUE], slots: settings.slots }, 'worker is polling');
    if (settings.readyFile !== undefined) await writeFile(settings.readyFile, `${process.pid}\n`, { mode: 0o600 });
    await running.finally(() => server?.close());
    await watching;
  } finally {
    await events?.close();
    if (settings.readyFile !== undefined) await rm(settings.readyFile, { force: true });
    await connection.close();
    await tracing?.close();
  }
}

/** What events set off, beside the workers. */
async function connectEvents(url: string, environment: Environment, logger: Logger): Promise<Events> {
  const temporal = await connectClient(environment);
  const queue = createEventQueue(url);
  const wakeUps = new WakeUps();
  return {
    wakeUps,
    watch: (stop) => watchEvents({ queue, wakeUps, schedules: temporal.client.schedule, logger }, stop),
    close: async () => {
      queue.close();
      await temporal.close();
    },
  };
}

interface Events {
  readonly wakeUps: WakeUps;
  watch(stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
