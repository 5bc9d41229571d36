import type { Places } from '../../config/home.ts';
import type { Credentials } from './credentials.ts';
import type { Ports } from './ports.ts';
import { isAlive } from './processes.ts';
import type { ServiceName } from './progress.ts';
import type { Service } from './service.ts';
import type { ServiceRecord } from './state.ts';

/** One service: `died` was started and ended by itself; `unresponsive` runs and does not answer. */
export interface ServiceStatus {
  readonly name: ServiceName;
  readonly title: string;
  readonly state: 'running' | 'unresponsive' | 'died' | 'stopped';
  readonly pid: number | undefined;
  readonly port: number | undefined;
  readonly url: string | undefined;
  /** When it was started, ISO 8601. */
  readonly since: string | undefined;
  readonly log: string | undefined;
}

export interface StackStatus {
  readonly home: string;
  /** Whether every service runs and answers. */
  readonly up: boolean;
  readonly services: readonly ServiceStatus[];
}

/** Looks at one service's process, and asks it. */
export async function describeService(
  service: Service,
  record: ServiceRecord | undefined,
  ports: Ports,
  places: Places,
  credentials: Credentials | undefined,
): Promise<ServiceStatus> {
  const [portName] = service.ports;
  const base = {
    name: service.name,
    title: service.title,
    port: portName === undefined ? undefined : ports[portName],
    url: service.url(ports),
  };
  if (record === undefined || credentials === undefined) {
    return { ...base, state: 'stopped', pid: undefined, since: undefined, log: undefined };
  }
  const known = { ...base, since: record.since, log: record.log };
  if (!isAlive(record)) return { ...known, state: 'died', pid: undefined };
  const ready = await service.ready({ places, ports, credentials }, record.pid);
  return { ...known, state: ready ? 'running' : 'unresponsive', pid: record.pid };
}
