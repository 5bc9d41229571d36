import type { Report } from '../local/stack/progress.ts';
import type { Terminal } from './command.ts';
import { elapsed, liveLines } from './live-lines.ts';

/** Shows what happens to the stack, a line a step. */
export interface StackProgress {
  readonly report: Report;
  end(): void;
}

export async function stackProgress(terminal: Terminal): Promise<StackProgress> {
  const lines = await liveLines(terminal);
  const running = new Map<string, { message: string; news: string; began: number }>();
  const draw = (): void => {
    lines.show(
      [...running.values()].map(
        ({ message, news, began }) => `  … ${message} (${elapsed(performance.now() - began)}) ${news}`,
      ),
    );
  };
  const timer = setInterval(draw, 250);
  timer.unref();
  return {
    report(event) {
      switch (event.kind) {
        case 'started':
          running.set(event.step, { message: event.message, news: '', began: performance.now() });
          if (!terminal.live) terminal.note(`  … ${event.message}`);
          break;
        case 'progress': {
          const step = running.get(event.step);
          if (step === undefined) lines.keep(`  ${event.message}`);
          else step.news = event.message.slice(0, 60);
          break;
        }
        case 'done':
          running.delete(event.step);
          lines.keep(`  ✓ ${event.message} (${elapsed(event.ms)})`);
          break;
        case 'port-taken':
          lines.keep(`  ! ${event.message}`);
          break;
      }
      draw();
    },
    end() {
      clearInterval(timer);
      lines.end();
    },
  };
}
