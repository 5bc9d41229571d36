import { z } from 'zod';
import { duration } from './duration.ts';

const OUTCOMES = ['approve', 'reject'] as const;

/** `deploy.approval` of the pipeline file: a person decides before the deploy. */
export const approval = z
  .union([
    z.literal('required').transform(() => ({ deadline: undefined, otherwise: 'reject' as const })),
    z.strictObject({
      deadline: duration.optional().describe('How long the run waits, as 24h; without it there is no end.'),
      otherwise: z.enum(OUTCOMES).default('reject').describe('What is decided at the deadline.'),
    }),
  ])
  .describe(
    'required: the run waits before the deploy until a person approves or rejects it; a mapping gives it a deadline.',
  );
export type Approval = z.infer<typeof approval>;

/** Who asks for something, and why; the longest that the registry and the Web UI take. */
export const grounds = z.strictObject({
  by: z.string().trim().min(1, 'a name').max(200, 'at most 200 characters'),
  reason: z.string().trim().min(1, 'a reason').max(800, 'at most 800 characters'),
});
export type Grounds = z.infer<typeof grounds>;

export type Outcome = 'approved' | 'rejected';

/** What was decided about a model, by whom and why. */
export interface Decision extends Grounds {
  readonly outcome: Outcome;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A run that waits before its deploy. */
export interface Waiting {
  readonly since: string;
  /** When it is decided without a person; undefined for never. */
  readonly until: string | undefined;
  readonly otherwise: (typeof OUTCOMES)[number];
}

/** A run that starts no job. */
export interface Pause extends Grounds {
  readonly since: string;
}

/** Who decides where nobody did. */
export const DEADLINE = 'deadline';

/** What a decision is called after the word that asks for it. */
export function outcomeOf(asked: (typeof OUTCOMES)[number]): Outcome {
  return asked === 'approve' ? 'approved' : 'rejected';
}

/** Why grounds cannot be taken; undefined where they can. */
export function faultOf(asked: Grounds): string | undefined {
  const parsed = grounds.safeParse(asked);
  if (parsed.success) return undefined;
  return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
