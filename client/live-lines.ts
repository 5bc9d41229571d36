import type { Terminal } from './command.ts';

/** A few lines that are drawn over and over while something goes on, below the lines that stay. */
export interface LiveLines {
  /** Draws the lines; does nothing where nobody looks. */
  show(lines: readonly string[]): void;
  /** A line that stays. */
  keep(line: string): void;
  /** Takes the live lines away. */
  end(): void;
}

export async function liveLines(terminal: Terminal): Promise<LiveLines> {
  if (!terminal.live) return { show: () => undefined, keep: (line) => terminal.note(line), end: () => undefined };
  // Read where it is needed: it takes a tenth of a second.
  const { createLogUpdate } = await import('log-update');
  const draw = createLogUpdate(process.stderr);
  return {
    show: (lines) => draw(lines.join('\n')),
    keep(line) {
      draw.clear();
      terminal.note(line);
    },
    end: () => draw.clear(),
  };
}

const WIDTH = 24;

/** A bar of `done` out of `total`. */
export function bar(done: number, total: number): string {
  const filled = total <= 0 ? 0 : Math.round((Math.min(done, total) / total) * WIDTH);
  return '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
}

/** A duration as people read it: `8.2 s`, `3 min 05 s`. */
export function elapsed(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
}
