import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ProcessFiles } from './process.ts';

/** A process to start: a script to fork from the warm interpreter, or a command to execute. */
export interface Launch {
  readonly files: ProcessFiles;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The folder that the process sees as /opt/ml; null for one that sees the machine's. */
  readonly optMl: string | null;
  /** Whether it has a network. */
  readonly network?: boolean;
  readonly run: { readonly script: readonly string[] } | { readonly command: readonly string[] };
}

export interface ForkServerSettings {
  readonly python: string;
  readonly state: string;
  readonly inherited: Readonly<Record<string, string>>;
  /** Folders that are empty to every process that sees its own /opt/ml. */
  readonly hidden: readonly string[];
  /** Most memory of a process, MB. */
  readonly memoryMb: number;
}

const python = (file: string): string => fileURLToPath(new URL(`../python/${file}`, import.meta.url));
const answer = z.object({ pid: z.int().optional(), error: z.string().optional(), ready: z.boolean().optional() });

/** Importing scikit-learn and its like takes seconds on a cold disk; longer than this is a fault. */
const START_TIMEOUT_MS = 60_000;
const LOOK_MS = 25;
/** Exit code of a fork server that finds another one at its socket. */
const ANOTHER_IS_THERE = 3;
/** Where memory runs out, a job goes before the programs of the machine's user do (proc(5): -1000 to 1000). */
const OOM_SCORE = 500;
/** Lets glibc ask for huge pages (Memory Allocation Tunables): trees over large tables are fitted some percent faster. */
const MEMORY = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
/** Most bytes of a unix socket's path that every system takes. */
const SOCKET_PATH_LIMIT = 100;

/**
 * The warm Python interpreter that jobs are forked from. It is a process of its own: what it forks survives this one, and
 * it is found again by its socket.
 */
export class ForkServer {
  readonly #settings: ForkServerSettings;
  readonly #socket: string;
  readonly #pidFile: string;
  #starting: Promise<void> | undefined;

  constructor(settings: ForkServerSettings) {
    this.#settings = settings;
    this.#socket = socketPath(settings.state);
    this.#pidFile = join(settings.state, 'fork-server.pid');
  }

  /** Starts the process; it is under way when this returns. */
  async launch(launch: Launch): Promise<void> {
    if ('command' in launch.run) {
      await this.#execute(launch, launch.run.command);
      return;
    }
    const request = { argv: launch.run.script, ...this.#job(launch) };
    const reply = await this.#ask(request).catch(async (error: unknown) => {
      if (!isAbsent(error)) throw error;
      await this.ready();
      return await this.#ask(request);
    });
    if (reply.error !== undefined) throw new Error(`the fork server could not start the process: ${reply.error}`);
  }

  #job({ files, env, cwd, optMl, network = true }: Launch): object {
    const { hidden: hide, memoryMb } = this.#settings;
    return { env, cwd, optMl, hide, network, memoryMb, oomScore: OOM_SCORE, ...files };
  }

  /** Brings the fork server up where it is not. */
  async ready(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  /** Stops the fork server with everything that it forked. */
  async stop(): Promise<void> {
    const pid = Number(await readFile(this.#pidFile, 'utf8').catch(() => ''));
    if (!(await this.#answers()) || !Number.isInteger(pid) || pid <= 1) return;
    process.kill(pid, 'SIGTERM');
    while (await this.#answers()) await sleep(20);
  }

  /** Starts a fork server; one that an earlier endpoint left is taken over, one that is about to end is waited for. */
  async #start(): Promise<void> {
    const end = Date.now() + START_TIMEOUT_MS;
    while (!(await this.#answers())) {
      const child = this.#spawn();
      let ended: number | null | undefined;
      const exit = new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code) => {
          ended = code;
          resolve();
        });
      });
      // Its end later on is found when the next job is launched.
      exit.catch(() => undefined);
      while (ended === undefined && !(await this.#answers())) {
        if (Date.now() > end) throw new Error('the fork server does not answer; see fork-server.log');
        await Promise.race([sleep(LOOK_MS), exit]);
      }
      if (ended === undefined) return;
      if (ended !== ANOTHER_IS_THERE)
        throw new Error(`the fork server ended with ${String(ended)}; see fork-server.log`);
      await sleep(LOOK_MS);
    }
  }

  #spawn(): ChildProcess {
    const log = openSync(join(this.#settings.state, 'fork-server.log'), 'a', 0o600);
    const child = spawn(this.#settings.python, [python('fork_server.py'), this.#socket, this.#pidFile], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...MEMORY, ...this.#settings.inherited },
      cwd: this.#settings.state,
    });
    closeSync(log);
    child.unref();
    return child;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await this.#ask({ ping: true })).ready === true;
    } catch {
      return false;
    }
  }

  async #ask(request: object): Promise<z.infer<typeof answer>> {
    return await new Promise((resolve, reject) => {
      const socket = connect(this.#socket, () => socket.write(`${JSON.stringify(request)}\n`));
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.includes('\n')) socket.end();
      });
      socket.on('error', reject);
      socket.on('close', () => {
        try {
          resolve(answer.parse(JSON.parse(text)));
        } catch (error) {
          reject(new Error('the fork server went away', { cause: error }));
        }
      });
    });
  }

  /** Anything but a Python script: executed as it is, never through a shell, by a small process that notes its end. */
  async #execute(launch: Launch, command: readonly string[]): Promise<void> {
    const { files } = launch;
    const job = `${files.pidFile}.job`;
    await writeFile(job, JSON.stringify({ command, ...this.#job(launch) }), { mode: 0o600 });
    const child = spawn(this.#settings.python, [python('run_detached.py'), job], {
      detached: true,
      stdio: 'ignore',
      env: this.#settings.inherited,
    });
    child.unref();
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    for (let look = 0; look < START_TIMEOUT_MS / 20; look += 1) {
      if ((await readFile(files.pidFile).catch(() => undefined)) !== undefined) {
        await rm(job, { force: true });
        return;
      }
      await sleep(20);
    }
    throw new Error(`${command[0] ?? 'the command'} was not started in time`);
  }
}

/** Whether nobody was there to take a request, so that nothing came of it. */
function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED');
}

/** A socket in the state folder, or in a private one of a shorter name where that path would be too long. */
function socketPath(state: string): string {
  const path = join(state, 'fork.sock');
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT) return path;
  const short = join(tmpdir(), `crossfold-${createHash('sha256').update(state).digest('hex').slice(0, 16)}`);
  mkdirSync(short, { recursive: true, mode: 0o700 });
  return join(short, 'fork.sock');
}
