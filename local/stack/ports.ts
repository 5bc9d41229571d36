import { connect, createServer } from 'node:net';
import { CrossfoldError } from '../../core/errors.ts';

/** The one address that everything of the stack binds to. */
export const LOOPBACK = '127.0.0.1';

/** The ports of the stack, where they are free. */
export const DEFAULT_PORTS = { temporal: 7233, ui: 8233, s3: 9250, sagemaker: 9260 } as const;
export type PortName = keyof typeof DEFAULT_PORTS;
export type Ports = Readonly<Record<PortName, number>>;

const TRIES = 200;

/** Whether nothing listens on `port` of the loopback address and this process may. */
export async function isFree(port: number): Promise<boolean> {
  // A listener on all addresses does not everywhere keep another from binding to one; so ask both ways.
  return !(await answers(port)) && (await bindable(port));
}

/**
 * The first free port from `wanted` on that is not in `avoid`.
 *
 * @throws CrossfoldError StackFailed where none is free
 */
export async function freePort(wanted: number, avoid: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = wanted; port < wanted + TRIES && port < 65_536; port += 1) {
    if (!avoid.has(port) && (await isFree(port))) return port;
  }
  throw new CrossfoldError('StackFailed', `no port from ${wanted} to ${wanted + TRIES} is free on ${LOOPBACK}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}

function bindable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
