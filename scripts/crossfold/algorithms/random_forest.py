"""Random forest (scikit-learn's RandomForestClassifier).

Hyperparameters: any of RandomForestClassifier's, with its defaults. To tune: `max_depth`, `min_samples_leaf`,
`max_features`; more `n_estimators` costs time and rarely hurts.
"""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import RandomForestClassifier

from crossfold.failure import CrossfoldError

# One thread, so that scores are equal on every machine.
DEFAULTS: dict[str, Any] = {"n_jobs": 1}


def build(hyperparameters: dict[str, Any], seed: int) -> RandomForestClassifier:
    for name in ("max_features", "max_samples"):
        # JSON has one kind of number: 1 (one feature) and 1.0 (all of them) look the same
        if type(hyperparameters.get(name)) is int and hyperparameters[name] == 1:
            raise CrossfoldError(
                f"The hyperparameter {name}: 1 of random_forest can mean one or all (1.0). Write"
                " null for all, or a share below 1."
            )
    return RandomForestClassifier(**{**DEFAULTS, "random_state": seed, **hyperparameters})
