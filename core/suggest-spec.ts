import { suggestKey } from './cache-keys.ts';
import type { ProcessingSpec } from './jobs.ts';
import { cachePrefix } from './layout.ts';
import type { Question } from './sampling.ts';
import { base, homeOf, type RunContext } from './steps.ts';

/** Asks a sampler for settings. The question is a file: it may be longer than a job's arguments. */
export function suggestSpec(
  context: RunContext,
  step: string,
  question: Question,
  attempt: number,
): ProcessingSpec<'settings'> {
  const { input } = context;
  const key = suggestKey(input, question);
  const prefix = cachePrefix(homeOf(input), key);
  return {
    ...base(context, step, attempt),
    kind: 'processing',
    script: 'suggest.py',
    arguments: [],
    inputs: [
      { name: 'code', uri: input.code.uri },
      { name: 'question', uri: `${prefix}question.json`, text: JSON.stringify(question) },
    ],
    output: prefix,
    keep: { step: key },
    result: 'settings',
  };
}
