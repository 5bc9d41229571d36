import { spawn } from 'node:child_process';

const EXIT_ON = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const GRACE_MS = 10_000;
const KEPT_LINES = 40;

/** A signal that ended a bootstrap command, as an error. */
class Interrupted extends Error {
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = EXIT_ON[signal];
  }
}

/** A failure whose message says all that the user needs: no stack. */
export class Failure extends Error {}

/**
 * Runs `main` so that an interrupt ends it and all that it started, and its outcome becomes the exit code.
 * `main` is handed an AbortSignal and what to call before it hands signals over to code that takes care of itself.
 */
export async function runMain(main) {
  const controller = new AbortController();
  const names = Object.keys(EXIT_ON);
  const onSignal = (name) => controller.abort(new Interrupted(name));
  const release = () => names.forEach((name) => process.removeListener(name, onSignal));
  names.forEach((name) => process.on(name, onSignal));
  try {
    await main(controller.signal, release);
  } catch (error) {
    if (error instanceof Interrupted) {
      process.exitCode = error.exitCode;
    } else {
      // Errors of crossfold's own have a code; of anything else the stack helps.
      const known =
        error instanceof Failure || (error instanceof Error && 'code' in error && error.code === error.name);
      console.error(known ? `✗ ${error.message}` : error);
      process.exitCode = 1;
    }
  } finally {
    release();
  }
}

/**
 * Runs a program in a process group of its own; an abort ends the group. Answers with the exit code.
 * With `onLine` its output is taken line by line, and shown only where it fails; else it goes where ours goes.
 */
export async function run(command, args, { signal, cwd, env, onLine } = {}) {
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd,
    env: env ?? process.env,
    detached: true,
    stdio: onLine === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  const kept = [];
  for (const stream of onLine === undefined ? [] : [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      for (const line of text.split('\n').filter((part) => part.trim() !== '')) {
        if (kept.push(line) > KEPT_LINES) kept.shift();
        onLine(line);
      }
    });
  }
  const kill = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // The group has ended by itself.
    }
  };
  let timer;
  const stop = () => {
    kill('SIGTERM');
    timer = setTimeout(() => kill('SIGKILL'), GRACE_MS);
  };
  signal?.addEventListener('abort', stop);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(error.code === 'ENOENT' ? new Failure(`${command} is not installed, or not on PATH`) : error),
      );
      child.once('close', (exit) => resolve(exit ?? 1));
    });
    if (signal?.aborted) kill('SIGKILL');
    signal?.throwIfAborted();
    if (code !== 0 && onLine !== undefined) {
      throw new Failure(`'${[command, ...args].join(' ')}' failed:\n${kept.join('\n')}`);
    }
    return code;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
