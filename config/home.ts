import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Environment } from './settings.ts';

/** Where things are kept. */
export interface Places {
  /** The folder that holds package.json: of the checkout, whether sources or dist/ run. */
  readonly root: string;
  /** All state of the local stack: CROSSFOLD_HOME, else `.crossfold` in the root. */
  readonly home: string;
  /** Tools kept across checkouts: CROSSFOLD_CACHE, else `crossfold` in the user's cache folder. */
  readonly cache: string;
}

/** Tools that the user names, and where else to look for them. */
export interface ToolSettings {
  /** CROSSFOLD_TEMPORAL_CLI */
  readonly temporalCli: string | undefined;
  /** CROSSFOLD_VERSITYGW */
  readonly versitygw: string | undefined;
  /** CROSSFOLD_PYTHON: an interpreter that has what jobs import. */
  readonly python: string | undefined;
  /** PATH */
  readonly searchPath: string;
}

/** Finds the places; relative paths are taken from the working directory. */
export function readPlaces(variables: Environment = process.env): Places {
  const root = findRoot(import.meta.dirname);
  const home = set(variables['CROSSFOLD_HOME']) ?? join(root, '.crossfold');
  const userCache = set(variables['XDG_CACHE_HOME']) ?? join(homedir(), '.cache');
  const cache = set(variables['CROSSFOLD_CACHE']) ?? join(userCache, 'crossfold');
  return { root, home: resolve(home), cache: resolve(cache) };
}

/** Reads the tools that the user names. */
export function readToolSettings(variables: Environment = process.env): ToolSettings {
  return {
    temporalCli: set(variables['CROSSFOLD_TEMPORAL_CLI']),
    versitygw: set(variables['CROSSFOLD_VERSITYGW']),
    python: set(variables['CROSSFOLD_PYTHON']),
    searchPath: variables['PATH'] ?? '',
  };
}

/**
 * The environment that a process of the stack starts with: the caller's, less what would send it to another AWS account or
 * Temporal server than the stack's own.
 */
export function inheritedEnvironment(variables: Environment = process.env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined || /^(AWS|TEMPORAL)_/.test(name) ? [] : [[name, value]],
    ),
  );
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

const manifest = z.object({ name: z.string() });

function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && manifest.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data?.name === 'crossfold') {
      return folder;
    }
    if (dirname(folder) === folder) throw new Error(`${from} is not inside a checkout of crossfold`);
  }
}
