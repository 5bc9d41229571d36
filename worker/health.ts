import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import type { Address } from '../config/settings.ts';

/** What a worker says of itself. */
export interface Health {
  /** Whether it can still do its work; if not, it has to be started anew. */
  alive(): boolean;
  /** Whether it takes work. */
  ready(): boolean;
}

/** Answers `/healthz`, `/readyz` and `/metrics`; nothing else, and nothing that changes anything. */
export async function serveHealth({ host, port }: Address, health: Health, metrics: Registry): Promise<Server> {
  const server = createServer((request, response) => {
    const say = (fine: boolean): void =>
      void response.writeHead(fine ? 200 : 503, { 'content-type': 'text/plain' }).end(fine ? 'ok\n' : 'no\n');
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET') response.writeHead(405, { allow: 'GET' }).end();
    else if (path === '/healthz') say(health.alive());
    else if (path === '/readyz') say(health.ready());
    else if (path === '/metrics') {
      metrics.metrics().then(
        (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
        (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`),
      );
    } else response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
