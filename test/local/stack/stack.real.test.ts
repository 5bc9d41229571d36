import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPlaces, type Places } from '../../../config/home.ts';
import { leftovers } from '../../../local/stack/leftovers.ts';
import { isFree, LOOPBACK } from '../../../local/stack/ports.ts';
import { waitUntil } from '../../../local/stack/processes.ts';
import type { ServiceName, StackEvent } from '../../../local/stack/progress.ts';
import { stackEnvironment } from '../../../local/stack/environment.ts';
import { down, status, up } from '../../../local/stack/stack.ts';
import type { ServiceStatus, StackStatus } from '../../../local/stack/stack.ts';

let places: Places;
let events: StackEvent[];
let servers: Server[];
const services = ['temporal', 's3'] as const;
const report = (event: StackEvent): void => {
  events.push(event);
};

function service(found: StackStatus, name: ServiceName): ServiceStatus {
  const match = found.services.find((candidate) => candidate.name === name);
  if (match === undefined) throw new Error(`no ${name}`);
  return match;
}

function pidOf(found: StackStatus, name: ServiceName): number {
  const { pid } = service(found, name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}

async function occupy(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve()); // in use already will do as well
    server.listen({ host: LOOPBACK, port }, resolve);
  });
  servers.push(server);
}

/** The addresses that a process listens on, as the kernel writes them. Known on Linux only. */
function listenerAddresses(pid: number | undefined): string[] {
  if (process.platform !== 'linux' || pid === undefined) return [];
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      return target.startsWith('socket:') ? [target.slice('socket:['.length, -1)] : [];
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([, local, , state, , , , , , inode]) =>
        state === '0A' && inode !== undefined && sockets.has(inode) && local !== undefined ? [local] : [],
      ),
  );
}

/** 127.0.0.1, little endian, also as an IPv6 address; or ::1. */
function isLoopback(address: string): boolean {
  return /^(0{16}F{4}0{4}|0{16}0000FFFF)?0100007F:|^0{24}01000000:/.test(address);
}

beforeEach(() => {
  const home = join(mkdtempSync(join(tmpdir(), 'crossfold-stack-')), 'home');
  places = { ...readPlaces(), home };
  events = [];
  servers = [];
});

afterEach(async () => {
  for (const server of servers) server.close();
  await down({ places, purge: true });
  rmSync(join(places.home, '..'), { recursive: true, force: true });
});

describe('the local stack', () => {
  it('starts, is left alone by a second start, and stops without a trace', async () => {
    const first = await up({ places, services }, report);
    expect(services.map((name) => service(first, name).state)).toEqual(['running', 'running']);
    const variables = stackEnvironment(places);
    expect(variables?.['TEMPORAL_ADDRESS']).toBe(`${LOOPBACK}:${service(first, 'temporal').port ?? ''}`);
    expect(variables?.['AWS_ENDPOINT_URL_S3']).toBe(service(first, 's3').url);
    for (const file of ['stack.json', 'env.json', 'credentials.json', 'logs/s3.log']) {
      expect(statSync(join(places.home, file)).mode & 0o777).toBe(0o600);
    }

    events = [];
    expect(await up({ places, services }, report)).toEqual(first);
    expect(events).toEqual([]);

    await down({ places }, report);
    expect(stackEnvironment(places)).toBeUndefined();
    expect((await status({ places })).services.map(({ state }) => state)).toEqual(Array(4).fill('stopped'));
    expect(leftovers(places.home)).toEqual([]);
    await down({ places });
  });

  it('restarts a service that was killed, on its port and with its state', async () => {
    const before = await up({ places, services });
    const key = join(places.home, 's3/crossfold/kept.txt');
    writeFileSync(key, 'kept');
    for (const name of services) process.kill(pidOf(before, name), 'SIGKILL');
    const died = async (): Promise<boolean> => {
      const found = await status({ places });
      return services.every((name) => service(found, name).state === 'died');
    };
    expect(await waitUntil(died, 10_000)).toBe(true);

    const after = await up({ places, services });
    for (const name of services) {
      expect(service(after, name)).toMatchObject({ state: 'running', port: service(before, name).port });
      expect(pidOf(after, name)).not.toBe(pidOf(before, name));
    }
    expect(readFileSync(key, 'utf8')).toBe('kept');
  });

  it('does not signal a process that has a dead service’s pid', async () => {
    const before = await up({ places, services: ['s3'] });
    const file = join(places.home, 'stack.json');
    const text = readFileSync(file, 'utf8');
    process.kill(pidOf(before, 's3'), 'SIGKILL');
    // As if the machine had given the pid to another: this very process.
    writeFileSync(file, text.replace(`"pid": ${pidOf(before, 's3')}`, `"pid": ${process.pid}`));
    expect(service(await status({ places }), 's3').state).toBe('died');
    await down({ places });
    expect(service(await status({ places }), 's3').state).toBe('stopped');
  });

  it('restarts a service that was killed on its port where that is still taken for a moment', async () => {
    const first = await up({ places, services: ['s3'] });
    const { port = 0 } = service(first, 's3');
    process.kill(pidOf(first, 's3'), 'SIGKILL');
    expect(await waitUntil(async () => service(await status({ places }), 's3').state !== 'running', 5000)).toBe(true);
    expect(await waitUntil(() => isFree(port), 5000)).toBe(true);
    // Lets go once somebody has looked whether the port is taken.
    const holder = createServer((socket) => {
      socket.destroy();
      holder.close();
    });
    servers.push(holder);
    holder.listen({ host: LOOPBACK, port });
    await once(holder, 'listening');

    expect(service(await up({ places, services: ['s3'] }, report), 's3').port).toBe(port);
  });

  it('starts anew after a first start that was killed half way through', async () => {
    mkdirSync(join(places.home, 'temporal'), { recursive: true });
    writeFileSync(join(places.home, 'temporal/temporal.db'), 'half a database');
    expect(service(await up({ places, services: ['temporal'] }), 'temporal').state).toBe('running');
  });

  it('names a taken port, uses the next, and stays there', async () => {
    await occupy(9250);
    const first = await up({ places, services: ['s3'] }, report);
    const { port } = service(first, 's3');
    expect(port).toBeGreaterThan(9250);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'port-taken', step: 's3', port: 9250, chosen: port }),
    );
    await down({ places });
    for (const server of servers) server.close();
    expect(service(await up({ places, services: ['s3'] }), 's3').port).toBe(port);
  });

  it('is one stack where two start it at once', async () => {
    const [first, second] = await Promise.all([up({ places, services }), up({ places, services })]);
    for (const name of services) expect(pidOf(first, name)).toBe(pidOf(second, name));
  });

  it('gives two homes two stacks, also at once', async () => {
    const other = { ...places, home: `${places.home}-2` };
    try {
      const [first, second] = await Promise.all([up({ places, services }), up({ places: other, services })]);
      for (const name of services) {
        expect([service(first, name).state, service(second, name).state]).toEqual(['running', 'running']);
        expect(service(first, name).port).not.toBe(service(second, name).port);
      }
    } finally {
      await down({ places: other, purge: true });
    }
  });

  it('stops what it had started where the start is given up', async () => {
    const stop = new AbortController();
    const starting = up({ places, services, signal: stop.signal }, (event) => {
      if (event.kind === 'done' && event.step === 's3') stop.abort(new Error('enough'));
    });
    await expect(starting).rejects.toThrow('enough');
    expect(leftovers(places.home)).toEqual([]);
    expect(stackEnvironment(places)).toBeUndefined();
  });

  it('says why a service does not start, with the end of its log', async () => {
    mkdirSync(join(places.home, 'temporal/temporal.db/in-the-way'), { recursive: true });
    writeFileSync(join(places.home, 'temporal/complete'), '');
    const message = /the Temporal server ended while it started\. The end of .*temporal\.log:\n.*database/s;
    await expect(up({ places, services: ['temporal'] })).rejects.toThrow(message);
  });

  it('purges its own state, and nothing else that lies in its home', async () => {
    await up({ places, services: ['s3'] });
    writeFileSync(join(places.home, 'notes.txt'), 'mine');
    await down({ places, purge: true });
    expect(readFileSync(join(places.home, 'notes.txt'), 'utf8')).toBe('mine');
    expect(existsSync(join(places.home, 'credentials.json'))).toBe(false);
    rmSync(join(places.home, 'notes.txt'));
    await down({ places, purge: true });
    expect(existsSync(places.home)).toBe(false);
  });

  it('runs whole: endpoint and worker too, each on the loopback address alone', async () => {
    const found = await up({ places });
    expect(found.up).toBe(true);
    expect(
      found.services.flatMap(({ pid }) => listenerAddresses(pid)).filter((address) => !isLoopback(address)),
    ).toEqual([]);
    await down({ places });
    expect(leftovers(places.home)).toEqual([]);
  });
});
