import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { containerVariables, type ContainerSettings } from './container.ts';
import type { ForkServer } from './fork-server.ts';
import { AlgorithmError, type JobPlace } from './kind.ts';
import { stopGroup, waitForExit, type ProcessFiles } from './process.ts';

const INSTALL = fileURLToPath(new URL('../python/install_requirements.py', import.meta.url));

/** An installation that takes longer is ended, milliseconds. */
const LIMIT_MS = 15 * 60_000;
const STOP_GRACE_MS = 1000;

/** The host's variables that say how packages are reached; a job has none of them. */
const NETWORK = /^(UV_|PIP_INDEX_URL$|PIP_EXTRA_INDEX_URL$|SSL_CERT_|(HTTPS?|ALL|NO)_PROXY$)/i;
/** A line of a requirements file that leads to other files. */
const LEADS_ON = /^\s*(-r|-c|-e|--requirement|--constraint|--editable|\.|\/|file:)|\.(whl|zip|tar\.gz)\b/m;

const outcome = z.union([z.object({ replaces: z.boolean() }), z.object({ fault: z.string() })]);

export interface EnvironmentsParts {
  readonly forkServer: ForkServer;
  readonly container: ContainerSettings;
  /** The folder of the environments that are kept. */
  readonly folder: string;
  readonly inherited: Readonly<Record<string, string>>;
}

/** What a job has beside the stack's own libraries. */
export interface Installed {
  /** Its folder below /opt/ml. */
  readonly folder: string;
  /** Whether it has other versions of what the warm interpreter has imported. */
  readonly replaces: boolean;
}

const FOLDER = 'environment';

/**
 * What scripts need beside the stack's own libraries: installed once, by a process that sees no more than a job does, and kept
 * by what was asked for. Each job has a copy.
 */
export class Environments {
  readonly #parts: EnvironmentsParts;
  readonly #installing = new Map<string, Promise<void>>();

  constructor(parts: EnvironmentsParts) {
    this.#parts = parts;
  }

  /**
   * Puts what a job's scripts ask for below its /opt/ml; undefined where they ask for nothing.
   *
   * @throws AlgorithmError with what the installer says
   */
  async provide(place: JobPlace, network: boolean): Promise<Installed | undefined> {
    const files = await readdir(join(place.ml, 'code'));
    const isPackage = files.includes('setup.py');
    if (!isPackage && !files.includes('requirements.txt')) return undefined;
    const key = await this.#keyOf(join(place.ml, 'code'), isPackage);
    const kept = join(this.#parts.folder, key);
    if ((await stat(kept).catch(() => undefined)) === undefined) await this.#once(key, kept, place, network);
    const { replaces } = z.object({ replaces: z.boolean() }).parse(await readJson(join(kept, 'report.json')));
    await cp(join(kept, 'site'), join(place.ml, FOLDER), { recursive: true, mode: constants.COPYFILE_FICLONE });
    return { folder: FOLDER, replaces };
  }

  /** Installs for the first that asks; others that ask for the same wait for that. */
  async #once(key: string, kept: string, place: JobPlace, network: boolean): Promise<void> {
    const others = this.#installing.get(key);
    const installed = others ?? this.#install(kept, place, network).finally(() => this.#installing.delete(key));
    this.#installing.set(key, installed);
    await installed;
  }

  async #install(kept: string, place: JobPlace, network: boolean): Promise<void> {
    const { container, forkServer, inherited } = this.#parts;
    const folder = dirname(place.log);
    const files: ProcessFiles = {
      log: place.log,
      pidFile: join(folder, 'install-pid.json'),
      exitFile: join(folder, 'install-exit.json'),
    };
    // What an endpoint that was killed left running.
    await stopGroup(files, STOP_GRACE_MS);
    for (const file of [files.pidFile, files.exitFile]) await rm(file, { force: true });
    await mkdir(join(place.ml, 'install'), { recursive: true });
    const { base } = place;
    await forkServer.launch({
      files,
      env: {
        ...containerVariables(container, base),
        ...Object.fromEntries(Object.entries(inherited).filter(([name]) => NETWORK.test(name))),
        NO_COLOR: '1',
      },
      cwd: base,
      optMl: base === '/opt/ml' ? place.ml : null,
      network,
      run: { script: [INSTALL, `${base}/code`, `${base}/install/site`, `${base}/install/report.json`] },
    });
    const limit = new AbortController();
    await Promise.race([
      waitForExit(files),
      sleep(LIMIT_MS, undefined, { signal: limit.signal, ref: false }).catch(() => undefined),
    ]);
    limit.abort();
    await stopGroup(files, STOP_GRACE_MS);
    const result = outcome.safeParse(await readJson(join(place.ml, 'install/report.json')).catch(() => undefined));
    if (!result.success) throw new AlgorithmError('InstallRequirementsError: the installer did not come to its end');
    if ('fault' in result.data) throw new AlgorithmError(`InstallRequirementsError: ${result.data.fault}`);
    await mkdir(this.#parts.folder, { recursive: true, mode: 0o700 });
    await rename(join(place.ml, 'install'), kept);
  }

  /** A hash of what is asked for: the requirements, or all the files where they matter, and the interpreter. */
  async #keyOf(code: string, isPackage: boolean): Promise<string> {
    const text = await readFile(join(code, 'requirements.txt'), 'utf8').catch(() => '');
    const hash = createHash('sha256').update(this.#parts.container.python).update('\0').update(text);
    if (!isPackage && !LEADS_ON.test(text)) return hash.digest('hex');
    const entries = await readdir(code, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort())
      hash.update(`\0${file.slice(code.length)}\0`).update(
        createHash('sha256')
          .update(await readFile(file))
          .digest(),
      );
    return hash.digest('hex');
  }
}

async function readJson(file: string): Promise<unknown> {
  const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
  return parsed;
}
