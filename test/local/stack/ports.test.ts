import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, isFree, LOOPBACK } from '../../../local/stack/ports.ts';

const servers: Server[] = [];

async function listenOn(host: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.listen({ host, port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('ports', () => {
  it.each([LOOPBACK, '0.0.0.0'])('sees a listener on %s', async (host) => {
    expect(await isFree(await listenOn(host))).toBe(false);
  });

  it('takes the wanted port where it is free', async () => {
    const port = await listenOn(LOOPBACK);
    const server = servers.pop();
    if (server === undefined) throw new Error('no server');
    server.close();
    await once(server, 'close');
    expect(await freePort(port)).toBe(port);
  });

  it('goes past taken ports and past those that are spoken for', async () => {
    const taken = await listenOn(LOOPBACK);
    const first = await freePort(taken);
    expect(first).toBeGreaterThan(taken);
    expect(await freePort(taken, new Set([first]))).toBeGreaterThan(first);
  });
});
