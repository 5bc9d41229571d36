import { z } from 'zod';

/** How SageMaker's tuning job searches. */
export const STRATEGIES = ['random', 'bayesian', 'grid', 'hyperband'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** The most tuning jobs that another one may start from (SageMaker's service model). */
const PARENTS_LIMIT = 5;

const run = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d-\d\dZ-[0-9a-f]+$/, 'the id of a run of this pipeline, such as 2026-11-25T10-30Z-7f3a');

/** What `tuning` has beside the fields of all scopes where SageMaker's tuning job does the search. */
export const managedFields = {
  strategy: z
    .enum(STRATEGIES)
    .optional()
    .describe("Scope managed: how SageMaker's tuning job searches; default: random."),
  'early-stopping': z
    .boolean()
    .optional()
    .describe(
      'Scope managed: a training job is stopped after a fold when its mean so far is worse than the median of the others; default: false.',
    ),
  'warm-start': z
    .union([run, z.array(run).min(1).max(PARENTS_LIMIT)])
    .optional()
    .describe('Scope managed: earlier runs of this pipeline whose tuning jobs the search starts from.'),
} as const;

export type ManagedFields = z.infer<z.ZodObject<typeof managedFields>>;

/** The runs that a search starts from. */
export function parentRuns({ 'warm-start': runs = [] }: Pick<ManagedFields, 'warm-start'>): readonly string[] {
  return typeof runs === 'string' ? [runs] : runs;
}
