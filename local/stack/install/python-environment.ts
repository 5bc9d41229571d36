import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CrossfoldError } from '../../../core/errors.ts';
import { step } from '../progress.ts';
import type { InstallContext } from './binary.ts';
import { runChild } from './child.ts';
import { findOnPath, isExecutable } from './search-path.ts';
import { atLeast, parseVersion } from './version.ts';

/** What jobs import, or that and what tests and checks need. */
export type EnvironmentKind = 'jobs' | 'development';

const LOCKS: Readonly<Record<EnvironmentKind, string>> = {
  jobs: 'python/requirements.lock',
  development: 'python/dev-requirements.lock',
};

/** The oldest that the pinned versions of numpy, pandas and scikit-learn run on. */
const LEAST_PYTHON = [3, 10] as const;
const INTERPRETERS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.14', 'python3.10', 'python'];

/** What has to be there for jobs to run; asked without importing, which would take a second. */
const MODULES = ['sklearn', 'pandas', 'pyarrow', 'xgboost', 'optuna'];

/**
 * Finds the interpreter with what jobs import: the one that the user names, else the cache's; undefined where there is none.
 *
 * @throws CrossfoldError StackFailed where the one that the user names will not do
 */
export async function findPython(kind: EnvironmentKind, context: InstallContext): Promise<string | undefined> {
  const named = context.settings.python;
  if (named === undefined) {
    const python = interpreterOf(folderOf(kind, context));
    return isExecutable(python) ? python : undefined;
  }
  if (!isExecutable(named)) {
    throw new CrossfoldError('StackFailed', `CROSSFOLD_PYTHON is ${named}, which is not a program`);
  }
  const ask = `import importlib.util as u; print(*[m for m in ${JSON.stringify(MODULES)} if not u.find_spec(m)])`;
  const { variables, signal } = context;
  const missing = (await runChild(named, ['-c', ask], { variables, signal })).trim();
  if (missing === '') return named;
  throw new CrossfoldError(
    'StackFailed',
    `CROSSFOLD_PYTHON is ${named}, which lacks ${missing}. Install python/requirements.lock into it, or unset the variable.`,
  );
}

/**
 * Finds that interpreter, or makes the environment in the cache from the lock file: under another name, renamed when whole.
 *
 * @throws CrossfoldError StackFailed
 */
export async function installPython(kind: EnvironmentKind, context: InstallContext): Promise<string> {
  const found = await findPython(kind, context);
  if (found !== undefined) return found;
  const target = folderOf(kind, context);
  await step('python', 'installing the Python environment', context.report, async () => {
    mkdirSync(context.places.cache, { recursive: true });
    rmSync(target, { recursive: true, force: true }); // its interpreter is gone: the system's Python was replaced
    const draft = join(context.places.cache, `python-draft-${randomUUID()}`);
    try {
      const { variables, signal } = context;
      const base = await findBasePython(context);
      const uv = await findUv(base, context);
      const onLine = (line: string): void => {
        context.report({ kind: 'progress', step: 'python', message: `Python environment: ${line}` });
      };
      await runChild(uv, ['venv', '--relocatable', '--python', base, draft], { variables, signal, onLine });
      const lock = join(context.places.root, LOCKS[kind]);
      // Compiled now, because jobs may run where PYTHONDONTWRITEBYTECODE is set, and would compile at each start.
      const install = ['pip', 'sync', '--require-hashes', '--compile-bytecode', '--python', interpreterOf(draft), lock];
      await runChild(uv, install, { variables, signal, onLine });
      publish(draft, target);
      return { message: 'Python environment ready' };
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
  return interpreterOf(target);
}

/** Gives the finished folder its name, unless another process has done so at the same time. */
function publish(draft: string, target: string): void {
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!isExecutable(interpreterOf(target))) throw error;
  }
}

/**
 * An interpreter that is new enough.
 *
 * @throws CrossfoldError StackFailed naming what was found and what to install
 */
async function findBasePython(context: InstallContext): Promise<string> {
  const seen: string[] = [];
  for (const name of INTERPRETERS) {
    const file = findOnPath(name, context.settings.searchPath);
    if (file === undefined) continue;
    const { variables, signal } = context;
    const printed = await runChild(file, ['--version'], { variables, signal }).catch(() => undefined);
    signal?.throwIfAborted();
    const version = printed === undefined ? undefined : parseVersion(printed);
    if (version !== undefined && atLeast(version, LEAST_PYTHON)) return file;
    if (printed !== undefined) seen.push(`${name} is ${printed}`);
  }
  const least = LEAST_PYTHON.join('.');
  const found = seen.length === 0 ? 'Python is not installed' : seen.join(', ');
  throw new CrossfoldError('StackFailed', `${found}; install Python >= ${least} (on Debian: python3 and python3-venv)`);
}

/** The installer: uv on PATH, else in the cache, where pip puts it once. */
async function findUv(python: string, context: InstallContext): Promise<string> {
  const onPath = findOnPath('uv', context.settings.searchPath);
  if (onPath !== undefined) return onPath;
  const lock = join(context.places.root, 'python/uv.lock');
  const folder = join(context.places.cache, `uv-${hashOf(lock)}`);
  const uv = join(folder, 'bin/uv');
  if (isExecutable(uv)) return uv;
  const { variables, signal, report } = context;
  report({ kind: 'progress', step: 'python', message: 'Python environment: installing uv' });
  const draft = `${folder}.${randomUUID()}`;
  try {
    await runChild(python, ['-m', 'venv', draft], { variables, signal });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', lock];
    await runChild(join(draft, 'bin/python3'), install, { variables, signal });
    if (!existsSync(uv)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return uv;
}

function folderOf(kind: EnvironmentKind, context: InstallContext): string {
  return join(context.places.cache, `python-${hashOf(join(context.places.root, LOCKS[kind]))}`);
}

function interpreterOf(folder: string): string {
  return join(folder, 'bin/python3');
}

function hashOf(lock: string): string {
  return createHash('sha256').update(readFileSync(lock)).update(process.arch).digest('hex').slice(0, 12);
}
