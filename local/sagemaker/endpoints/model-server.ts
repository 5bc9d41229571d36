import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServiceError } from '../errors.ts';
import { containerVariables, type ContainerSettings } from '../jobs/container.ts';
import type { ForkServer } from '../jobs/fork-server.ts';
import { modelVariables, placeModel } from '../jobs/model.ts';
import { isAlive, logTail, processFiles, stopGroup } from '../jobs/process.ts';
import type { Objects } from '../objects.ts';
import type { Container } from '../operations/models.ts';

const SERVE = fileURLToPath(new URL('../python/serve.py', import.meta.url));

/** How long a model may take to answer /ping, milliseconds: SageMaker's own default is four minutes. */
const START_TIMEOUT_MS = 240_000;
/** How long a server that is asked to end may finish what it answers, milliseconds. */
const STOP_GRACE_MS = 30_000;

export interface ModelServerParts {
  readonly forkServer: ForkServer;
  readonly objects: Objects;
  readonly container: ContainerSettings;
  readonly mounts: boolean;
}

/** A process that serves one model on a port of this machine. */
export interface ModelServer {
  readonly folder: string;
  readonly port: number;
}

/**
 * Starts a model server and waits until it answers.
 *
 * @throws ServiceError with the end of the server's log when it does not
 */
export async function startModelServer(
  parts: ModelServerParts,
  folder: string,
  served: Container,
): Promise<ModelServer> {
  const ml = join(folder, 'ml');
  const base = parts.mounts ? '/opt/ml' : ml;
  await rm(folder, { recursive: true, force: true });
  await placeModel(parts.objects, ml, served);
  const port = await freePort();
  await parts.forkServer.launch({
    files: processFiles(folder),
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
  await untilAnswering(server);
  return server;
}

/** Whether the server's process is there and answers. */
export async function isServing(server: ModelServer): Promise<boolean> {
  return (await isAlive(processFiles(server.folder))) && (await answers(server.port));
}

/** Ends a server, once it has answered what it was asked, and deletes what it had. */
export async function stopModelServer({ folder }: ModelServer): Promise<void> {
  await stopGroup(processFiles(folder), STOP_GRACE_MS);
  // Whoever forked it may write down its end in this very moment: then there is a file more than was to be deleted.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function untilAnswering(server: ModelServer): Promise<void> {
  const files = processFiles(server.folder);
  const end = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(server.port))) {
    if (!(await isAlive(files))) {
      throw new ServiceError(
        'ModelError',
        `The model's container ended before it answered: ${await logTail(files, 3)}`,
      );
    }
    if (Date.now() > end) {
      await stopModelServer(server);
      throw new ServiceError('ModelError', 'The model did not answer /ping in time.');
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
