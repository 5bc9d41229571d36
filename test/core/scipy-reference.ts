import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { pythonPath } from '../support/tools.ts';

const interval = z.tuple([z.number(), z.number()]);
const reference = z.object({
  distributions: z.array(
    z.object({
      df: z.number(),
      t: z.number(),
      t_tail: z.number(),
      tail: z.number(),
      critical: z.number(),
      x: z.number(),
      chi_square_tail: z.number(),
    }),
  ),
  comparisons: z.array(
    z.object({
      a: z.array(z.number()),
      b: z.array(z.number()),
      ratio: z.number(),
      confidence: z.number(),
      standardError: z.number(),
      interval,
      differenceInterval: interval,
      p: z.number(),
    }),
  ),
  signedRanks: z.array(
    z.object({
      differences: z.array(z.number()),
      alternative: z.enum(['two-sided', 'greater', 'less']),
      p: z.number(),
    }),
  ),
  friedmans: z.array(
    z.object({
      scores: z.array(z.array(z.number())),
      statistic: z.number(),
      p: z.number(),
      criticalDifference: z.number(),
    }),
  ),
});

/** What scipy says on random cases. */
export function scipyReference(): z.infer<typeof reference> {
  const file = join(import.meta.dirname, 'scipy_reference.py');
  return reference.parse(JSON.parse(execFileSync(pythonPath(), [file], { encoding: 'utf8', maxBuffer: 2 ** 24 })));
}
