import type { Changes } from './pipelines.ts';

/** A pipeline that scores its folds, and fails at the final fit: its one algorithm cannot bear so many rows. */
export const FAILING: Changes = {
  pipeline: `pipeline: titanic
data: { file: titanic.csv }
split: { folds: 2 }
algorithms:
  brittle: {}
`,
  scripts: {
    'algorithms/brittle.py': `"""Knows nothing, and cannot be fitted on more rows than a fold has."""

from sklearn.dummy import DummyClassifier


class Brittle(DummyClassifier):
    def fit(self, X, y, sample_weight=None):
        print("the rows are", len(X))
        if len(X) > 600:
            raise ValueError("more rows than this model can bear")
        return super().fit(X, y)


def build(hyperparameters, seed):
    return Brittle(**hyperparameters)
`,
  },
};
