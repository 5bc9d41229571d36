import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import type { LocalStack } from './local-stack.ts';

const MAIN = fileURLToPath(new URL('../../dist/client/main.js', import.meta.url));

/** A worker of a test's own, on a stack without one. */
export interface TestWorker {
  /** Where it answers /healthz, /readyz and /metrics. */
  readonly address: string;
  /** What it has logged by now. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts a worker with more variables, and waits until it takes work. */
export async function startWorker(stack: LocalStack, variables: Readonly<Record<string, string>>): Promise<TestWorker> {
  const address = await freeAddress();
  const worker = spawn(process.execPath, [MAIN, 'worker'], {
    env: { ...process.env, CROSSFOLD_HOME: stack.places.home, CROSSFOLD_METRICS_ADDRESS: address, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  worker.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ready = async (): Promise<void> => expect((await fetch(`http://${address}/readyz`)).status).toBe(200);
  await vi.waitFor(ready, { timeout: 60_000, interval: 100 });
  return { address, log: () => log, stop: () => stop(worker) };
}

async function stop(worker: ChildProcess): Promise<void> {
  worker.kill('SIGTERM');
  if (worker.exitCode === null) await once(worker, 'exit');
}

/** The port is free when it is asked for; nobody else takes it that soon. */
export async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return `127.0.0.1:${address.port}`;
}
