"""Random forest (scikit-learn's RandomForestClassifier).

Hyperparameters: any of RandomForestClassifier's. To tune: `max_depth`, `min_samples_leaf`,
`max_features`; more `n_estimators` costs time and rarely hurts.
"""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import RandomForestClassifier

DEFAULTS: dict[str, Any] = {"n_estimators": 200, "n_jobs": 1}


def build(hyperparameters: dict[str, Any], seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(**{**DEFAULTS, "random_state": seed, **hyperparameters})
