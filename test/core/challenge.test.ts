import { describe, expect, test } from 'vitest';
import { challengeOf } from '../../core/challenge.ts';
import { retrain } from '../../core/retrain-spec.ts';
import type { Goal, Result } from '../../core/results.ts';

function measured(champion: number, challenger: number, p: Partial<Result<'challenge'>>): Result<'challenge'> {
  const difference = challenger - champion;
  const interval = { low: difference - 0.1, high: difference + 0.1 };
  return { rows: 200, champion, challenger, ...interval, p_better: 0.5, p_worse: 0.5, ...p };
}

function judged(
  found: Result<'challenge'>,
  rules: Parameters<typeof retrain.parse>[0] = {},
  goal: Goal = 'maximize',
): [string, boolean] {
  const { outcome, deploy } = challengeOf(found, { metric: 'm', goal }, retrain.parse(rules), 0.95);
  return [outcome, deploy];
}

describe('a challenger', () => {
  test('wins where it is better and the test says so, whatever the goal', () => {
    expect(judged(measured(0.8, 0.9, { p_better: 0.01 }))).toEqual(['wins', true]);
    expect(judged(measured(9, 8, { p_better: 0.01 }), {}, 'minimize')).toEqual(['wins', true]);
  });

  test('ties where the test does not, or the gain is within the margin', () => {
    expect(judged(measured(0.8, 0.9, { p_better: 0.06 }))).toEqual(['ties', false]);
    expect(judged(measured(0.8, 0.81, { p_better: 0.01 }), { margin: 0.02 })).toEqual(['ties', false]);
    expect(judged(measured(0.8, 0.9, { p_better: 0.06 }), { tie: 'deploy' })).toEqual(['ties', true]);
  });

  test('loses where it is worse, and then is never deployed', () => {
    expect(judged(measured(0.9, 0.8, { p_worse: 0.01 }), { tie: 'deploy' })).toEqual(['loses', false]);
    expect(judged(measured(8, 9, { p_worse: 0.01 }), {}, 'minimize')).toEqual(['loses', false]);
  });

  test('is told about with both values, the rows and p', () => {
    const { reason, interval, p } = challengeOf(
      measured(0.8, 0.9, { p_better: 0.0123 }),
      { metric: 'roc_auc', goal: 'maximize' },
      retrain.parse({}),
      0.95,
    );
    expect(reason).toBe(
      'the challenger wins: roc_auc 0.9000 against 0.8000 of the champion on 200 rows that neither was trained on, p 0.012',
    );
    expect(interval.low).toBeCloseTo(0, 12);
    expect(p).toBe(0.0123);
  });
});
