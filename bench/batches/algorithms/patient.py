"""Logistic regression whose fit also waits: it stands for a fit that keeps a machine of its own busy for `seconds`."""

from __future__ import annotations

import time
from typing import Any

from sklearn.linear_model import LogisticRegression


class Patient(LogisticRegression):
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Patient:
        time.sleep(float(self.seconds))
        return super().fit(X, y, sample_weight)


def build(hyperparameters: dict[str, Any], seed: int) -> LogisticRegression:
    given = dict(hyperparameters)
    seconds = given.pop("seconds")
    estimator = Patient(random_state=seed, max_iter=1000, **given)
    estimator.seconds = seconds
    return estimator
