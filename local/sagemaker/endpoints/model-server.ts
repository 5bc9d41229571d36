import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServiceError } from '../errors.ts';
import { containerVariables, type ContainerSettings } from '../jobs/container.ts';
import type { ForkServer } from '../jobs/fork-server.ts';
import { modelVariables, placeModel } from '../jobs/model.ts';
import { isAlive, logTail, processFiles, stopGroup, type ProcessFiles } from '../jobs/process.ts';
import type { Objects } from '../objects.ts';
import type { Container } from '../operations/models.ts';

const SERVE = fileURLToPath(new URL('../python/serve.py', import.meta.url));

/** How long a model may take to answer /ping where its variant does not say, milliseconds: four minutes as on AWS. */
const START_TIMEOUT_MS = 240_000;
/** How long a server that is asked to end may finish what it answers, milliseconds. */
const STOP_GRACE_MS = 30_000;

export interface ModelServerParts {
  readonly forkServer: ForkServer;
  readonly objects: Objects;
  readonly container: ContainerSettings;
  readonly mounts: boolean;
}

/** How a server starts: where it logs, how long it may take, and what ends it before it is there. */
export interface Start {
  readonly log: string;
  readonly startTimeoutMs?: number;
  readonly signal: AbortSignal;
}

/** A process that serves one model on a port of this machine. */
export interface ModelServer {
  readonly folder: string;
  readonly port: number;
}

/**
 * Starts a model server and waits until it answers.
 *
 * @throws ServiceError with the end of the server's log when it does not; what was started then is there still
 */
export async function startModelServer(
  parts: ModelServerParts,
  folder: string,
  served: Container,
  { log, startTimeoutMs = START_TIMEOUT_MS, signal }: Start,
): Promise<ModelServer> {
  const ml = join(folder, 'ml');
  const base = parts.mounts ? '/opt/ml' : ml;
  await rm(folder, { recursive: true, force: true });
  await placeModel(parts.objects, ml, served);
  const port = await freePort();
  const files = { ...processFiles(folder), log };
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  await parts.forkServer.launch({
    files,
    cwd: base,
    optMl: parts.mounts ? ml : null,
    run: { script: [SERVE] },
    env: {
      ...containerVariables(parts.container, base),
      ...modelVariables(served, base),
      SAGEMAKER_BIND_TO_PORT: String(port),
      SAGEMAKER_BIND_TO_HOST: '127.0.0.1',
    },
  });
  const server = { folder, port };
  await untilAnswering(server, files, startTimeoutMs, signal);
  return server;
}

/** Whether the server's process is there and answers. */
export async function isServing(server: ModelServer): Promise<boolean> {
  return (await isAlive(processFiles(server.folder))) && (await answers(server.port));
}

/** Ends a server, once it has answered what it was asked, and deletes what it had. */
export async function stopModelServer({ folder }: ModelServer): Promise<void> {
  await stopGroup(processFiles(folder), STOP_GRACE_MS);
  // Its end may be noted in there meanwhile.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

async function untilAnswering(
  server: ModelServer,
  files: ProcessFiles,
  startTimeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + startTimeoutMs;
  while (!(await answers(server.port))) {
    if (!(await isAlive(files))) {
      throw new ServiceError(
        'ModelError',
        `The model's container ended before it answered: ${await logTail(files, 3)}`,
      );
    }
    signal.throwIfAborted();
    if (Date.now() > end) {
      throw new ServiceError('ModelError', `The model did not answer /ping within ${startTimeoutMs / 1000} seconds.`);
    }
    await sleep(20);
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ping`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
