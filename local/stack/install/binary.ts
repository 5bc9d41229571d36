import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Places, ToolSettings } from '../../../config/home.ts';
import { CrossfoldError } from '../../../core/errors.ts';
import { step, type Report, type Step } from '../progress.ts';
import { runChild } from './child.ts';
import { buildGoProgram, type GoProgram } from './go-build.ts';
import { downloadRelease, type Release } from './release.ts';
import { findOnPath, isExecutable } from './search-path.ts';

/** A program that the stack needs, and the ways to get it. */
export interface Binary {
  readonly step: Step;
  readonly title: string;
  /** Its name on PATH. */
  readonly name: string;
  /** The version that is fetched or built. */
  readonly version: string;
  /** The variable by which the user names one. */
  readonly variable: string;
  /** Whether a program on PATH will do, by what its `--version` prints. */
  accepts(printed: string): boolean;
  /** Undefined where none is published for this machine. */
  readonly release: Release | undefined;
  readonly source: GoProgram;
  /** How long a build takes, for the line of progress. */
  readonly buildTime: string;
}

/** What every installer is handed. */
export interface InstallContext {
  readonly places: Places;
  readonly settings: ToolSettings;
  /** The environment of the programs that are run. */
  readonly variables: Readonly<Record<string, string>>;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds a program without installing anything: the one that the user names, PATH, the cache.
 *
 * @throws CrossfoldError StackFailed where the user names a file that is none
 */
export async function findBinary(
  binary: Binary,
  named: string | undefined,
  context: InstallContext,
): Promise<string | undefined> {
  if (named !== undefined) {
    if (isExecutable(named)) return named;
    throw new CrossfoldError('StackFailed', `${binary.variable} is ${named}, which is not a program`);
  }
  const onPath = findOnPath(binary.name, context.settings.searchPath);
  if (onPath !== undefined && (await accepted(binary, onPath, context))) return onPath;
  const cached = cachedFile(binary, context);
  return isExecutable(cached) ? cached : undefined;
}

/**
 * Finds a program, or brings it into the cache: the official download, else a build from source.
 *
 * @throws CrossfoldError StackFailed, saying why each way failed
 */
export async function installBinary(
  binary: Binary,
  named: string | undefined,
  context: InstallContext,
): Promise<string> {
  const found = await findBinary(binary, named, context);
  if (found !== undefined) return found;
  const target = cachedFile(binary, context);
  await step(binary.step, `installing the ${binary.title} ${binary.version}`, context.report, async () => {
    mkdirSync(join(context.places.cache, 'bin'), { recursive: true });
    const draft = `${target}.${randomUUID()}`;
    try {
      const how = await bring(binary, draft, context);
      renameSync(draft, target);
      return { message: `${binary.title} ${binary.version} ${how}` };
    } finally {
      rmSync(draft, { force: true });
    }
  });
  return target;
}

async function bring(binary: Binary, draft: string, context: InstallContext): Promise<string> {
  const say = (message: string): void => {
    context.report({ kind: 'progress', step: binary.step, message: `${binary.title}: ${message}` });
  };
  const reasons: string[] = [];
  if (binary.release !== undefined) {
    say('downloading the release');
    try {
      await downloadRelease(binary.release, draft, context.signal);
      return 'downloaded';
    } catch (error) {
      context.signal?.throwIfAborted();
      reasons.push(`download: ${messageOf(error)}`);
      rmSync(draft, { force: true });
      say(`${messageOf(error)}; building from source (${binary.buildTime})`);
    }
  }
  try {
    await buildGoProgram(binary.source, draft, {
      searchPath: context.settings.searchPath,
      variables: context.variables,
      signal: context.signal,
      onLine: (line) => {
        say(`building from source (${binary.buildTime}): ${line}`);
      },
    });
    return 'built from source';
  } catch (error) {
    context.signal?.throwIfAborted();
    const all = [...reasons, `build: ${messageOf(error)}`].join('\n  ');
    throw new CrossfoldError(
      'StackFailed',
      `the ${binary.title} ${binary.version} could not be installed.\n  ${all}\n` +
        `Or install it yourself and put it on PATH, or name it in ${binary.variable}.`,
      { cause: error },
    );
  }
}

async function accepted(binary: Binary, file: string, context: InstallContext): Promise<boolean> {
  try {
    const { variables, signal } = context;
    return binary.accepts(await runChild(file, ['--version'], { variables, signal }));
  } catch {
    context.signal?.throwIfAborted();
    return false; // one that cannot even tell its version will not do
  }
}

function cachedFile(binary: Binary, context: InstallContext): string {
  return join(context.places.cache, 'bin', `${binary.name}-${binary.version}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
