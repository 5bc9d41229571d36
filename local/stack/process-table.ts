import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A running process. Zombies are not running. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Differs between two processes that had the same pid, also across a reboot. */
  readonly identity: string;
  /** When it started, milliseconds since 1970, exact to a second. */
  readonly startedMs: number;
}

const onLinux = process.platform === 'linux';

/** The process that has `pid` now, or undefined. */
export function processEntry(pid: number): ProcessEntry | undefined {
  return onLinux ? linuxEntry(pid) : psEntries(['-p', String(pid)])[0];
}

/** Every running process that this user can see. */
export function allProcesses(): ProcessEntry[] {
  if (!onLinux) return psEntries(['-ax']);
  return numbered('/proc').flatMap((pid) => linuxEntry(pid) ?? []);
}

/** Whether the environment that `pid` started with has the line `NAME=value`. Known on Linux only; elsewhere false. */
export function startedWith(pid: number, line: string): boolean {
  if (!onLinux) return false;
  return (read(`/proc/${pid}/environ`) ?? '').split('\0').includes(line);
}

/** Whether `pid` itself is the process that listens on `port`. */
export function listensOn(pid: number, port: number): boolean {
  if (!onLinux) return output('lsof', ['-nP', '-a', '-p', String(pid), `-iTCP:${port}`, '-sTCP:LISTEN', '-t']) !== '';
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(read(table) ?? '', port)));
  return numbered(`/proc/${pid}/fd`).some((descriptor) => {
    try {
      return sockets.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
    } catch {
      return false; // closed since the folder was read
    }
  });
}

/** The sockets of one table of /proc/net that listen on `port`. */
function listeners(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === '0A' && local?.endsWith(suffix) === true && inode !== undefined ? [`socket:[${inode}]`] : [];
  });
}

function linuxEntry(pid: number): ProcessEntry | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The command stands in brackets and may hold anything; what follows the last one is fields from the third on (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields ?? [];
  const ticks = fields?.[19];
  if (state === undefined || ticks === undefined || 'ZXx'.includes(state)) return undefined;
  const startedMs = bootMs() + (Number(ticks) / TICKS_PER_SECOND) * 1000;
  return { pid, parent: Number(parent), group: Number(group), identity: `${bootId()}/${ticks}`, startedMs };
}

/** What Linux shows to programs on every architecture, whatever the kernel itself counts in. */
const TICKS_PER_SECOND = 100;

function bootId(): string {
  return (read('/proc/sys/kernel/random/boot_id') ?? '').trim();
}

function bootMs(): number {
  return Number(/^btime (\d+)$/m.exec(read('/proc/stat') ?? '')?.[1] ?? 0) * 1000;
}

function psEntries(selection: readonly string[]): ProcessEntry[] {
  return output('ps', [...selection, '-o', 'pid=,ppid=,pgid=,stat=,lstart='])
    .split('\n')
    .flatMap((line) => {
      const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
      if (state === undefined || state.startsWith('Z')) return [];
      const identity = started.join(' ');
      const startedMs = Date.parse(identity);
      return [{ pid: Number(pid), parent: Number(parent), group: Number(group), identity, startedMs }];
    });
}

/** What a command printed; nothing where it failed: `ps` and `lsof` exit 1 where they find nothing. */
function output(command: string, commandArguments: readonly string[]): string {
  try {
    return execFileSync(command, commandArguments, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** A file's text, or undefined where the process that it tells about is gone or another user's. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function numbered(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
