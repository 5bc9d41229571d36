import type { RunState } from '../core/run.ts';
import { STAGE_TITLES } from './format/progress-text.ts';
import { elapsed, type LiveLines } from './live-lines.ts';

/** The lines that stay: one for each stage of a run that has ended. */
export interface EndedStages {
  /**
   * Keeps the stages that have ended since the last look, by the run's own clock; none that had nothing to do.
   *
   * @param over when the run ended, milliseconds since 1970, and with it the last stage
   */
  keep(state: Pick<RunState, 'begun'>, over?: number): void;
}

export function endedStages(lines: Pick<LiveLines, 'keep'>): EndedStages {
  let kept = 0;
  return {
    keep({ begun }, over) {
      for (const [index, { stage, began }] of begun.entries()) {
        const end = begun[index + 1]?.began ?? over;
        if (index < kept || end === undefined) continue;
        kept = index + 1;
        // By a run's clock no time passes in a stage that this pipeline has nothing in.
        if (end === began) continue;
        lines.keep(`  ✓ ${STAGE_TITLES[stage]} (${elapsed(Math.max(0, end - began))})`);
      }
    },
  };
}
