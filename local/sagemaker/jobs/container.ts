import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { z } from 'zod';
import type { Json } from '../json.ts';
import type { Launch } from './fork-server.ts';

/** What every container has, whatever it is for. */
export interface ContainerSettings {
  readonly python: string;
  readonly region: string;
  /** Threads that a job may use: the machine's cores, shared by the jobs at once. */
  readonly threads: number;
  /** Variables by which whoever started the endpoint finds the processes that it leaves. */
  readonly marks: Readonly<Record<string, string>>;
}

/** Variables that hold numeric libraries to their share of the cores. */
const THREADS = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'NUMEXPR_NUM_THREADS'];

/** PATH in a container. */
export function searchPath({ python }: ContainerSettings): string {
  return `${dirname(python)}:/usr/local/bin:/usr/bin:/bin`;
}

/** The variables that every container starts with; none of the host's come in. */
export function containerVariables(settings: ContainerSettings, base: string): Record<string, string> {
  return {
    ...settings.marks,
    PATH: searchPath(settings),
    HOME: base,
    LANG: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    AWS_REGION: settings.region,
    AWS_DEFAULT_REGION: settings.region,
    SM_NUM_CPUS: String(settings.threads),
    SM_NUM_GPUS: '0',
    ...(base === '/opt/ml' ? {} : { SM_BASE_DIR: base }),
    ...Object.fromEntries(THREADS.map((name) => [name, String(settings.threads)])),
  };
}

/** `/opt/ml` in a command, where the job sees it elsewhere. */
export function relocated(words: readonly string[], base: string): string[] {
  return base === '/opt/ml' ? [...words] : words.map((word) => word.replaceAll('/opt/ml', base));
}

/** A command as a script to fork from the warm interpreter where it is one, else as it is. */
export function runOf(command: readonly string[], python: string): Launch['run'] {
  const [program = '', first = ''] = command;
  if (!/^(?:\/\S*\/)?python3?(?:\.\d+)?$/.test(program)) return { command };
  return first.endsWith('.py') ? { script: command.slice(1) } : { command: [python, ...command.slice(1)] };
}

export async function writeConfig(ml: string, file: string, value: Json): Promise<void> {
  const path = join(ml, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(value, undefined, 2));
}

/** A file that a job may have left as a message, cut to the 1,024 characters that AWS keeps. */
export async function messageFile(path: string): Promise<string | undefined> {
  const text = (await readFile(path, 'utf8').catch(() => '')).trim().slice(0, 1024);
  return text === '' ? undefined : text;
}

/** A machine of one host, as resourceconfig.json describes it. */
export function resourceConfig(instanceType: string): Json {
  return {
    current_host: 'algo-1',
    current_instance_type: instanceType,
    current_group_name: 'homogeneousCluster',
    hosts: ['algo-1'],
    instance_groups: [{ instance_group_name: 'homogeneousCluster', instance_type: instanceType, hosts: ['algo-1'] }],
    network_interface_name: 'lo',
  };
}

export const environmentVariables = z.record(z.string(), z.string()).default({});

/** A path of a request that leads below /opt/ml, and stays there. */
export const mlPath = z
  .string()
  .refine((path) => posix.normalize(path).startsWith('/opt/ml/'), 'must be below /opt/ml');

/** Where a path below /opt/ml is while the job's folder is not mounted there. */
export function localPath(ml: string, path: string): string {
  return join(ml, posix.relative('/opt/ml', path));
}
