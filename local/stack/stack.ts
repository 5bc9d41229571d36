import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inheritedEnvironment, readPlaces, type Places } from '../../config/home.ts';
import { ensureCredentials } from './credentials.ts';
import { clientVariables, writeSdkConfig } from './environment.ts';
import { prepare } from './install/install.ts';
import { leftovers, STACK_MARK } from './leftovers.ts';
import { withLock } from './lock.ts';
import { makePrivateFolder, writePrivateJson } from './private-file.ts';
import { isAlive, killAll, stopGroup } from './processes.ts';
import { SERVICES, step, type Report, type ServiceName } from './progress.ts';
import { purgeHome, removeEnvironment } from './purge.ts';
import { sagemaker } from './sagemaker.ts';
import { s3 } from './s3.ts';
import { STOP_GRACE_MS, type Service } from './service.ts';
import { Starter } from './starter.ts';
import { readState, writeState } from './state.ts';
import { describeService, type StackStatus } from './status.ts';
import { temporal } from './temporal.ts';
import { worker } from './worker.ts';

export type { ServiceStatus, StackStatus } from './status.ts';

const definitions: Readonly<Record<ServiceName, Service>> = { temporal, s3, sagemaker, worker };

/** How long to wait for another process that starts or stops the same stack, milliseconds. */
const LOCK_TIMEOUT_MS = 120_000;

const silent: Report = () => undefined;

export interface UpOptions {
  readonly places?: Places;
  /** Those to have up; all by default. What these need comes with them. */
  readonly services?: readonly ServiceName[];
  /** A file of the weather that the SageMaker endpoint is to have; fair weather without. */
  readonly weather?: string;
  /** Gives up: what this call has started is stopped again. */
  readonly signal?: AbortSignal;
}

/**
 * Brings the local stack up: starts what does not run, starts anew what was built or configured otherwise, leaves the rest.
 *
 * @throws CrossfoldError StackFailed, with the end of the log of what did not start
 */
export async function up(options: UpOptions = {}, report: Report = silent): Promise<StackStatus> {
  const { places = readPlaces(), services = SERVICES, signal, weather } = options;
  makePrivateFolder(places.home);
  makePrivateFolder(join(places.home, 'logs'));
  const tools = await prepare(report, { places, ...(signal === undefined ? {} : { signal }) });
  return locked(places, report, async () => {
    const credentials = ensureCredentials(places.home);
    const inherited = { ...inheritedEnvironment(), [STACK_MARK]: places.home };
    const starter = new Starter({ places, credentials, tools, inherited, report, weather }, definitions);
    try {
      await starter.start(services, signal);
    } catch (error) {
      // What ran before stays; what this call began would only stand half built.
      await starter.undo();
      throw error;
    }
    writePrivateJson(join(places.home, 'env.json'), {
      ...clientVariables(readState(places.home).ports, credentials),
      SAGEMAKER_USER_CONFIG_OVERRIDE: writeSdkConfig(places.home),
    });
    return status({ places });
  });
}

export interface DownOptions {
  readonly places?: Places;
  /** Deletes all of the stack's state too: runs, objects, jobs, logs, credentials. */
  readonly purge?: boolean;
}

/** Stops the stack in reverse order, and whatever its processes have left. Does nothing where it is down. */
export async function down(options: DownOptions = {}, report: Report = silent): Promise<void> {
  const { places = readPlaces(), purge = false } = options;
  if (!existsSync(places.home)) return;
  await locked(places, report, async () => {
    for (const level of [['worker'], ['sagemaker'], ['s3', 'temporal']] as const) {
      await Promise.all(level.map((name) => stopService(places, name, report)));
    }
    await killAll(leftovers(places.home), STOP_GRACE_MS);
    removeEnvironment(places.home);
    if (purge) {
      await step('stack', `deleting ${places.home}`, report, () =>
        Promise.resolve({ message: purgeHome(places.home) }),
      );
    }
  });
}

/** What of the stack runs. Looks at processes and asks each service; changes nothing. */
export async function status(options: { readonly places?: Places } = {}): Promise<StackStatus> {
  const { places = readPlaces() } = options;
  const { ports, services } = readState(places.home);
  const credentials = ensureCredentialsOf(places);
  const described = SERVICES.map((name) =>
    describeService(definitions[name], services[name], ports, places, credentials),
  );
  const found = await Promise.all(described);
  return { home: places.home, up: found.every((service) => service.state === 'running'), services: found };
}

function ensureCredentialsOf(places: Places): ReturnType<typeof ensureCredentials> | undefined {
  return existsSync(join(places.home, 'credentials.json')) ? ensureCredentials(places.home) : undefined;
}

async function stopService(places: Places, name: ServiceName, report: Report): Promise<void> {
  const record = readState(places.home).services[name];
  if (record === undefined) return;
  const { title } = definitions[name];
  if (isAlive(record)) {
    await step(name, `stopping the ${title}`, report, async () => {
      await stopGroup(record, STOP_GRACE_MS);
      return { message: `${title} stopped` };
    });
  }
  const state = readState(places.home);
  writeState(places.home, { ...state, services: { ...state.services, [name]: undefined } });
}

function locked<T>(places: Places, report: Report, work: () => Promise<T>): Promise<T> {
  return withLock(
    join(places.home, 'stack.lock'),
    LOCK_TIMEOUT_MS,
    (pid) => {
      report({
        kind: 'progress',
        step: 'stack',
        message: `waiting for process ${pid}, which starts or stops this stack`,
      });
    },
    work,
  );
}
