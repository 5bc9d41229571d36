import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrossfoldError } from '../../../core/errors.ts';
import { runChild } from './child.ts';
import { findOnPath } from './search-path.ts';
import { atLeast, parseVersion } from './version.ts';

/** A program as a Go module. */
export interface GoProgram {
  /** `host/path@version`, with the path of the program's package. */
  readonly package: string;
  /** What the linker is told, beyond leaving out debug information. */
  readonly linker: string;
}

/** The first Go that fetches, by itself, the newer one that a module asks for. */
const LEAST_GO = [1, 24] as const;

/** One build at a time: each uses all cores, and the second reuses what the first compiled. */
let queue: Promise<unknown> = Promise.resolve();

/**
 * Builds a Go program into `target`.
 *
 * @throws CrossfoldError StackFailed where Go is missing or too old, or the build fails
 */
export async function buildGoProgram(
  program: GoProgram,
  target: string,
  options: {
    readonly searchPath: string;
    readonly variables: Readonly<Record<string, string>>;
    readonly onLine: (line: string) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { searchPath, variables, onLine, signal } = options;
  const go = findOnPath('go', searchPath);
  if (go === undefined)
    throw new CrossfoldError('StackFailed', `Go is not installed; install Go >= ${LEAST_GO.join('.')}`);
  const printed = await runChild(go, ['version'], { variables, signal });
  const version = parseVersion(printed);
  if (version === undefined || !atLeast(version, LEAST_GO)) {
    throw new CrossfoldError('StackFailed', `${go} is too old (${printed}); install Go >= ${LEAST_GO.join('.')}`);
  }
  const turn = queue.then(() => build(go));
  queue = turn.catch(() => undefined);
  await turn;

  async function build(compiler: string): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'crossfold-go-'));
    try {
      const linker = ['-s', '-w', program.linker].join(' ').trim();
      await runChild(compiler, ['install', '-trimpath', '-ldflags', linker, program.package], {
        variables: { ...variables, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '-modcacherw' },
        signal,
        onLine,
      });
      const name = program.package.replace(/@.*/, '').split('/').at(-1) ?? '';
      copyFileSync(join(folder, name), target);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
