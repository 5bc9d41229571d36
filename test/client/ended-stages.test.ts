import { expect, test } from 'vitest';
import { endedStages } from '../../client/ended-stages.ts';
import type { BegunStage } from '../../core/run.ts';

const SPLIT: BegunStage = { stage: 'split', began: 10_000 };
const FOLDS: BegunStage = { stage: 'folds', began: 10_400 };
const FINAL: BegunStage = { stage: 'final', began: 75_400 };

test('each stage is kept once, with its own duration, however rarely the run is looked at', () => {
  const kept: string[] = [];
  const stages = endedStages({ keep: (line) => kept.push(line) });
  stages.keep({ begun: [] });
  stages.keep({ begun: [SPLIT] });
  expect(kept).toEqual([]);
  stages.keep({ begun: [SPLIT, FOLDS, FINAL] });
  stages.keep({ begun: [SPLIT, FOLDS, FINAL] });
  expect(kept).toEqual(['  ✓ split the table (0.4 s)', '  ✓ cross-validate the base settings (1 min 05 s)']);
});

test('the last stage ends with the run', () => {
  const kept: string[] = [];
  endedStages({ keep: (line) => kept.push(line) }).keep({ begun: [FINAL] }, 77_900);
  expect(kept).toEqual(['  ✓ fit the final model (2.5 s)']);
});

test('a stage that had nothing to do is not told of', () => {
  const kept: string[] = [];
  const nested: BegunStage = { stage: 'nested', began: FINAL.began };
  endedStages({ keep: (line) => kept.push(line) }).keep({ begun: [FOLDS, nested, FINAL] }, 77_900);
  expect(kept).toEqual(['  ✓ cross-validate the base settings (1 min 05 s)', '  ✓ fit the final model (2.5 s)']);
});
