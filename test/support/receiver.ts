import { once } from 'node:events';
import { createServer } from 'node:http';

/** A server of a test's own that others send messages to. */
export interface Receiver {
  readonly url: string;
  close(): void;
}

/**
 * Listens on this machine.
 *
 * @param status answers a message, by its body, with an HTTP status
 */
export async function receive(status: (body: string) => number): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => response.writeHead(status(body)).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => void server.close() };
}
