// What the benchmarks share: commands, and what the local stack has used.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const root = dirname(import.meta.dirname);
const TICKS = 100;

/** What a command prints; it throws where the command fails. */
export function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}

export const crossfold = (...args) => run(process.execPath, 'bootstrap/crossfold.mjs', ...args);

export const temporary = () => mkdtempSync(join(tmpdir(), 'crossfold-bench-'));

/** The middle of some numbers; of an even count the lower of the two. */
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];

/** The local stack that runs: its home, and the processes of its services. */
export function runningStack() {
  const { home, services } = JSON.parse(crossfold('status', '--json'));
  return { home, pids: services.flatMap(({ pid }) => pid ?? []) };
}

/** CPU seconds of a stack's processes and of the commands that were run from here, with all that they started and saw end. */
export function cpuSeconds({ home, pids }) {
  const forkServer = join(home, 'sagemaker/fork-server.pid');
  const forked = existsSync(forkServer) ? [parseInt(readFileSync(forkServer, 'utf8'), 10)] : [];
  const stack = new Set([...pids, ...forked].flatMap(descendants));
  return [...stack].reduce((sum, pid) => sum + ticks(pid, 11, 15), ticks('self', 13, 15)) / TICKS;
}

/** A process, and all that it has started and that run. */
function descendants(pid) {
  if (!existsSync(`/proc/${pid}/task`)) return [];
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return [String(pid), ...children.flatMap(descendants)];
}

/** utime, stime, cutime and cstime are the fields from 11 to 14 after the name (proc_pid_stat(5)). */
function ticks(pid, from, to) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return 0;
  const fields = readFileSync(file, 'utf8').split(')').at(-1)?.trim().split(' ') ?? [];
  return fields.slice(from, to).reduce((sum, field) => sum + Number(field), 0);
}
