import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'vitest';
import type { Places } from '../../config/home.ts';
import type { Ended } from './cli.ts';
import { blocks, pageText, ROOT } from './pages.ts';

/** A page as a reader works through it: its shell blocks one after the other, as they are written, in a folder of its own. */
export class Walk {
  readonly text: string;
  readonly folder: string;
  readonly #left: string[];
  readonly #environment: Record<string, string | undefined>;

  private constructor(text: string, folder: string, { home, cache }: Places) {
    this.text = text;
    this.folder = folder;
    this.#left = blocks(text, 'sh');
    this.#environment = {
      ...process.env,
      ...{ HOME: folder, CROSSFOLD_HOME: home, CROSSFOLD_CACHE: cache, CROSSFOLD_BUCKET: '', NO_COLOR: '1' },
      PATH: `${join(folder, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    };
  }

  /**
   * Begins at the top of a page, in a folder that has the examples and the command, as the project's own has.
   *
   * @param places the local stack's
   */
  static async begin(page: string, places: Places): Promise<Walk> {
    const folder = await mkdtemp(join(tmpdir(), 'crossfold-walk-'));
    await mkdir(join(folder, 'node_modules/.bin'), { recursive: true });
    await symlink(join(ROOT, 'bootstrap/crossfold.mjs'), join(folder, 'node_modules/.bin/crossfold'));
    await symlink(join(ROOT, 'examples'), join(folder, 'examples'));
    return new Walk(await pageText(page), folder, places);
  }

  /** The blocks that were not run yet. */
  get left(): readonly string[] {
    return this.#left;
  }

  /** What later blocks find in their environment. */
  set(variables: Readonly<Record<string, string>>): void {
    Object.assign(this.#environment, variables);
  }

  /**
   * Runs the next block, which has to succeed.
   *
   * @param change puts what there is in the place of what the page has as an example
   */
  async next(change: (block: string) => string = (block) => block): Promise<Ended> {
    const child = this.#start(change);
    const [stdout, stderr] = [told(child.stdout), told(child.stderr)];
    const closed = once(child, 'close');
    await once(child, 'exit');
    endGroup(child);
    await closed;
    const ended = { code: child.exitCode, stdout: stdout(), stderr: stderr() };
    expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
    return ended;
  }

  /** Runs the next block until it has said something, and interrupts it. */
  async nextUntil(said: string, change: (block: string) => string = (block) => block): Promise<void> {
    const child = this.#start(change);
    const [stdout, stderr] = [told(child.stdout), told(child.stderr)];
    const ended = once(child, 'close');
    await expect.poll(() => stdout() + stderr(), { timeout: 60_000 }).toContain(said);
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await ended;
  }

  /** Leaves out the next block, which cannot be run here: it has to be one of the tools that are named. */
  skip(...tools: readonly string[]): void {
    const block = this.#take();
    expect(
      tools.some((tool) => block.includes(`${tool} `)),
      block,
    ).toBe(true);
  }

  async end(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  #start(change: (block: string) => string): ChildProcess {
    return spawn('bash', ['-euo', 'pipefail', '-c', change(this.#take())], {
      ...{ cwd: this.folder, env: this.#environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    });
  }

  #take(): string {
    const block = this.#left.shift();
    if (block === undefined) throw new Error('the page has no more blocks');
    return block;
  }
}

/** What a block has left in the background ends with it. */
function endGroup({ pid = 0 }: ChildProcess): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function told(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}
