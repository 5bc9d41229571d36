"""Logistic regression (scikit-learn's LogisticRegression, lbfgs).

Hyperparameters: any of LogisticRegression's. `C` (inverse strength of the L2 penalty, above 0) is
the one to tune, on a logarithmic scale.
"""

from __future__ import annotations

from typing import Any

from sklearn.linear_model import LogisticRegression

# The default of 100 iterations is too few for many a table.
DEFAULTS: dict[str, Any] = {"max_iter": 1000}


def build(hyperparameters: dict[str, Any], seed: int) -> LogisticRegression:
    return LogisticRegression(**{**DEFAULTS, "random_state": seed, **hyperparameters})
