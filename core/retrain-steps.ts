import type { Champion } from './champion.ts';
import { challengeKey, driftKey } from './cache-keys.ts';
import type { ProcessingSpec } from './jobs.ts';
import { cachePrefix } from './layout.ts';
import type { Setting } from './setting.ts';
import { base, homeOf, splitOf, type RunContext } from './steps.ts';

/**
 * Compares what is new with the rows that the champion was trained on: rows in the table, and in the requests of its endpoint.
 *
 * @param newest the newest object of what its endpoint has captured; null where there is none
 */
export function driftSpec(
  context: RunContext,
  champion: Champion,
  newest: string | null,
  attempt: number,
): ProcessingSpec<'drift'> {
  const { input } = context;
  const key = driftKey(input, champion, newest);
  const captured = newest === null ? undefined : champion.captured;
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
      ...(captured === undefined ? [] : [{ name: 'captured', uri: captured }]),
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
