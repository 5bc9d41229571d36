import type { Champion } from './champion.ts';
import { challengeKey, driftKey } from './cache-keys.ts';
import type { ProcessingSpec } from './jobs.ts';
import { cachePrefix } from './layout.ts';
import type { Setting } from './setting.ts';
import { base, homeOf, splitOf, type RunContext } from './steps.ts';

/** Compares the rows that are new in the table with the rows that the champion was trained on. */
export function driftSpec(context: RunContext, champion: Champion, attempt: number): ProcessingSpec<'drift'> {
  const { input } = context;
  const key = driftKey(input, champion);
  return {
    ...base(context, 'drift', attempt),
    kind: 'processing',
    script: 'drift.py',
    arguments: ['--seed', String(input.pipeline.split.seed)],
    inputs: [
      { name: 'code', uri: input.code.uri },
      { name: 'data', uri: input.data.uri },
      { name: 'train', uri: champion.train },
      { name: 'holdout', uri: champion.holdout },
    ],
    output: cachePrefix(homeOf(input), key),
    keep: { step: key },
    result: 'drift',
  };
}

/** Scores champion and challenger on the rows of the challenger's holdout that the champion was not trained on. */
export function challengeSpec(
  context: RunContext,
  champion: Champion,
  setting: Setting,
  model: string,
  attempt: number,
): ProcessingSpec<'challenge'> {
  const { input } = context;
  const { objective, confidence, split } = input.pipeline;
  const key = challengeKey(input, champion, setting);
  return {
    ...base(context, 'challenge', attempt),
    kind: 'processing',
    script: 'challenge.py',
    arguments: ['--metric', objective, '--confidence', String(confidence), '--seed', String(split.seed)],
    inputs: [
      { name: 'code', uri: input.code.uri },
      { name: 'champion', uri: champion.model },
      { name: 'challenger', uri: model },
      { name: 'holdout', uri: splitOf(input).holdout },
      { name: 'train', uri: champion.train },
    ],
    output: cachePrefix(homeOf(input), key),
    keep: { step: key },
    result: 'challenge',
  };
}
