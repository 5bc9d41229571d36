import type { Goal, Result } from './results.ts';
import type { RetrainRules } from './retrain-spec.ts';

/** Champion against challenger, on rows that neither was trained on. */
export interface Challenge {
  readonly outcome: 'wins' | 'ties' | 'loses';
  /** Whether the challenger is to take the champion's place. */
  readonly deploy: boolean;
  readonly reason: string;
  readonly rows: number;
  /** The objective's values. */
  readonly champion: number;
  readonly challenger: number;
  /** Of the challenger's value less the champion's, at the pipeline's confidence. */
  readonly interval: { readonly low: number; readonly high: number };
  /** One-sided: of a gain as large as this without one. */
  readonly p: number;
}

/**
 * Judges what the challenge job measured: the challenger wins where it is better by more than the margin and p is below
 * 1 - `confidence`; it loses where it is worse and the p value of that is.
 */
export function challengeOf(
  { rows, champion, challenger, low, high, p_better, p_worse }: Result<'challenge'>,
  { metric, goal }: { readonly metric: string; readonly goal: Goal },
  rules: RetrainRules,
  confidence: number,
): Challenge {
  const level = 1 - confidence;
  const gain = goal === 'maximize' ? challenger - champion : champion - challenger;
  const wins = p_better < level && gain > rules.margin;
  const loses = p_worse < level && gain < 0;
  const outcome = wins ? 'wins' : loses ? 'loses' : 'ties';
  const deploy = wins || (outcome === 'ties' && rules.tie === 'deploy');
  const p = outcome === 'loses' ? p_worse : p_better;
  const reason =
    `the challenger ${outcome}: ${metric} ${challenger.toFixed(4)} against ${champion.toFixed(4)} of the champion ` +
    `on ${rows} rows that neither was trained on, p ${Number(p.toPrecision(2))}`;
  return { outcome, deploy, reason, rows, champion, challenger, interval: { low, high }, p: p_better };
}
