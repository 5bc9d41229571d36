import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from '../../config/home.ts';
import { CrossfoldError } from '../../core/errors.ts';
import type { Credentials } from './credentials.ts';
import { buildStamp } from './environment.ts';
import { freePort, isFree } from './ports.ts';
import { listensOn } from './process-table.ts';
import { isAlive, startDetached, stopGroup, waitUntil, type ProcessHandle } from './processes.ts';
import { step, type Report, type ServiceName } from './progress.ts';
import { ANSWER_TIMEOUT_MS, READY_TIMEOUT_MS, STOP_GRACE_MS } from './service.ts';
import type { Service, StackContext, Tools } from './service.ts';
import { readState, writeState, type ServiceRecord } from './state.ts';

/** How often another port is tried where a program takes the chosen one before the service does. */
const PORT_TRIES = 3;

/** For how long the port of a service that was killed may still be taken, milliseconds. */
const RELEASE_TIMEOUT_MS = 5_000;

/** How much of a log goes into the message about a service that did not start. */
const LOG_LINES = 15;

/** What one `up` starts services with. */
export interface Start {
  readonly places: Places;
  readonly credentials: Credentials;
  readonly tools: Tools;
  readonly weather: string | undefined;
  /** What every process inherits, with the mark that tells whose stack it is of. */
  readonly inherited: Readonly<Record<string, string>>;
  readonly report: Report;
}

/** Starts services in the order that they need, each as soon as it can. Used by one `up`, which holds the stack's lock. */
export class Starter {
  private readonly with: Start;
  private readonly definitions: Readonly<Record<ServiceName, Service>>;
  private readonly ensured = new Map<ServiceName, Promise<void>>();
  private readonly begun: ServiceName[] = [];
  private readonly reserved = new Set<number>();

  constructor(start: Start, definitions: Readonly<Record<ServiceName, Service>>) {
    this.with = start;
    this.definitions = definitions;
  }

  /**
   * Has the named services ready, and those that they need. Comes back when every start has ended, well or not.
   *
   * @throws CrossfoldError StackFailed; the signal's reason where it was aborted
   */
  async start(names: readonly ServiceName[], signal?: AbortSignal): Promise<void> {
    const outcomes = await Promise.allSettled(names.map((name) => this.ensure(name, signal)));
    signal?.throwIfAborted();
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Stops what this starter has started, the last first. */
  async undo(): Promise<void> {
    for (const name of this.begun.reverse()) {
      const record = this.record(name);
      if (record !== undefined) await stopGroup(record, STOP_GRACE_MS);
      this.keep(name, undefined);
    }
  }

  private ensure(name: ServiceName, signal: AbortSignal | undefined): Promise<void> {
    const found = this.ensured.get(name);
    if (found !== undefined) return found;
    const service = this.definitions[name];
    const work = (async () => {
      await Promise.all(service.after.map((needed) => this.ensure(needed, signal)));
      await this.bring(service, signal);
    })();
    this.ensured.set(name, work);
    return work;
  }

  private async bring(service: Service, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const record = this.record(service.name);
    if (record !== undefined && isAlive(record)) {
      const context = this.context();
      const answers = async (): Promise<boolean> => service.ready(context, record.pid);
      if (record.fingerprint === this.fingerprint(service) && (await waitUntil(answers, ANSWER_TIMEOUT_MS))) return;
      await stopGroup(record, STOP_GRACE_MS);
    }
    await step(service.name, `starting the ${service.title}`, this.with.report, async () => {
      await this.launch(service, signal, PORT_TRIES);
      const at = service.url(this.context().ports);
      return { message: `${service.title} ready${at === undefined ? '' : ` at ${at}`}` };
    });
  }

  private async launch(service: Service, signal: AbortSignal | undefined, tries: number): Promise<void> {
    await this.choosePorts(service);
    const context = this.context();
    const log = join(this.with.places.home, 'logs', `${service.name}.log`);
    service.prepare(context);
    const since = new Date().toISOString();
    const handle = await startDetached(service.launch(context), this.with.inherited, log);
    this.begun.push(service.name);
    this.keep(service.name, { ...handle, log, since, fingerprint: this.fingerprint(service) });

    const [port] = service.ports;
    const serves = async (): Promise<boolean> =>
      // Another program may answer at the port: it has to be this process that does.
      (await service.ready(context, handle.pid)) && (port === undefined || listensOn(handle.pid, context.ports[port]));
    const outcome = await settle(handle, serves, signal);
    if (outcome === 'ready') {
      service.started?.(context);
      return;
    }
    signal?.throwIfAborted();
    await stopGroup(handle, STOP_GRACE_MS);
    this.keep(service.name, undefined);
    const taken = (await Promise.all(service.ports.map((name) => isFree(context.ports[name])))).includes(false);
    if (taken && tries > 1) return this.launch(service, signal, tries - 1);
    const what = outcome === 'ended' ? 'ended while it started' : `was not ready within ${READY_TIMEOUT_MS / 1000} s`;
    throw new CrossfoldError('StackFailed', `the ${service.title} ${what}. The end of ${log}:\n${endOf(log)}`);
  }

  /** Makes sure that the service's ports are free, or chooses others and says so. */
  private async choosePorts(service: Service): Promise<void> {
    for (const name of service.ports) {
      const state = readState(this.with.places.home);
      const others = Object.entries(state.ports).flatMap(([other, port]) => (other === name ? [] : [port]));
      const wanted = state.ports[name];
      // The kernel may hold the port of a service that was killed for a moment, and its clients know it there.
      if (state.services[service.name] !== undefined) await waitUntil(() => isFree(wanted), RELEASE_TIMEOUT_MS);
      const chosen = await freePort(wanted, new Set([...others, ...this.reserved]));
      this.reserved.add(chosen);
      if (chosen === wanted) continue;
      const message = `port ${wanted} is taken by another program; the ${service.title} uses ${chosen}`;
      this.with.report({ kind: 'port-taken', step: service.name, message, port: wanted, chosen });
      const now = readState(this.with.places.home);
      writeState(this.with.places.home, { ...now, ports: { ...now.ports, [name]: chosen } });
    }
  }

  private context(): StackContext {
    const { places, credentials, tools, weather } = this.with;
    return { places, credentials, tools, weather, ports: readState(places.home).ports };
  }

  private fingerprint(service: Service): string {
    const build = service.built ? buildStamp(this.with.places) : '';
    return createHash('sha256')
      .update(JSON.stringify([service.launch(this.context()), build]))
      .digest('hex');
  }

  private record(name: ServiceName): ServiceRecord | undefined {
    return readState(this.with.places.home).services[name];
  }

  private keep(name: ServiceName, record: ServiceRecord | undefined): void {
    const state = readState(this.with.places.home);
    writeState(this.with.places.home, { ...state, services: { ...state.services, [name]: record } });
  }
}

/** Waits until a process serves, or has ended, or nobody waits any more, or the time is up. */
async function settle(
  handle: ProcessHandle,
  serves: () => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<'ready' | 'ended' | 'late'> {
  const seen: { outcome: 'ready' | 'ended' | 'late' } = { outcome: 'late' };
  await waitUntil(async () => {
    if (!isAlive(handle)) seen.outcome = 'ended';
    else if (await serves()) seen.outcome = 'ready';
    return seen.outcome !== 'late' || signal?.aborted === true;
  }, READY_TIMEOUT_MS);
  return seen.outcome;
}

function endOf(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n');
}
