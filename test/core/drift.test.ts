import { describe, expect, test } from 'vitest';
import { driftOf } from '../../core/drift.ts';
import { retrain } from '../../core/retrain-spec.ts';
import type { Result } from '../../core/results.ts';

const RULES = retrain.parse({});

function measured(changes: Partial<Result<'drift'>>): Result<'drift'> {
  return { snapshot_rows: 500, new_rows: 100, features: [], classifier: null, ...changes };
}

describe('drift', () => {
  test('is none where every sign is at its limit', () => {
    const found = driftOf(
      measured({
        features: [{ feature: 'age', psi: 0.2, ks: 0.001 }],
        classifier: { auc: 0.6, p: 0 },
      }),
      RULES,
    );
    expect(found).toEqual({
      drifted: false,
      reason: '100 new rows are like the training rows: largest PSI 0.2',
    });
  });

  test.each<[string, Partial<Result<'drift'>>]>([
    ['PSI of age is 0.21 (above 0.2)', { features: [{ feature: 'age', psi: 0.21, ks: 1 }] }],
    ['KS test of age has p 0.0005 (below 0.001)', { features: [{ feature: 'age', psi: 0, ks: 0.0005 }] }],
    ['a classifier tells them apart with AUC 0.7 (above 0.6)', { classifier: { auc: 0.7, p: 0.001 } }],
  ])('is seen by one sign: %s', (reason, changes) => {
    expect(driftOf(measured(changes), RULES)).toEqual({
      drifted: true,
      reason: `100 new rows drift: ${reason}`,
    });
  });

  test('corrects the KS tests for how many there are, as Holm does; texts have none', () => {
    const features = [0.0006, 0.5].map((ks, index) => ({ feature: `f${index}`, psi: 0, ks }));
    expect(driftOf(measured({ features }), RULES).drifted).toBe(false);
    const texts = [...features.slice(0, 1), { feature: 'sex', psi: 0, ks: null }];
    expect(driftOf(measured({ features: texts }), RULES).drifted).toBe(true);
  });

  test('of a classifier on few rows is not believed without its p value', () => {
    expect(driftOf(measured({ classifier: { auc: 0.9, p: 0.02 } }), RULES).drifted).toBe(false);
  });

  test('is looked for in what the endpoint was sent as well', () => {
    const calm = { rows: 40, unread: 0, features: [{ feature: 'age', psi: 0.1, ks: 0.5 }], classifier: null };
    const none = driftOf(measured({ traffic: calm }), RULES);
    expect(none).toEqual({
      drifted: false,
      reason:
        '100 new rows are like the training rows: largest PSI 0. 40 rows that the endpoint was sent are like the training rows: largest PSI 0.1',
    });
    const other = { ...calm, features: [{ feature: 'age', psi: 0.3, ks: 0.5 }] };
    expect(driftOf(measured({ traffic: other }), RULES)).toEqual({
      drifted: true,
      reason:
        '100 new rows are like the training rows: largest PSI 0. 40 rows that the endpoint was sent drift: PSI of age is 0.3 (above 0.2)',
    });
  });
});
