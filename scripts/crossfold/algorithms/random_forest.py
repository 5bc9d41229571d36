"""Random forest (scikit-learn's RandomForestClassifier and RandomForestRegressor).

Hyperparameters: any of RandomForestClassifier's or RandomForestRegressor's, with its defaults. To tune:
`max_depth`, `min_samples_leaf`, `max_features`; more `n_estimators` costs time and rarely hurts.
"""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from crossfold.failure import CrossfoldError

# One thread, so that scores are equal on every machine.
DEFAULTS: dict[str, Any] = {"n_jobs": 1}


def build(hyperparameters: dict[str, Any], seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(**_checked(hyperparameters, seed))


def build_regressor(hyperparameters: dict[str, Any], seed: int) -> RandomForestRegressor:
    return RandomForestRegressor(**_checked(hyperparameters, seed))


def _checked(hyperparameters: dict[str, Any], seed: int) -> dict[str, Any]:
    for name in ("max_features", "max_samples"):
        # JSON has one kind of number: 1 (one feature) and 1.0 (all of them) look the same
        if type(hyperparameters.get(name)) is int and hyperparameters[name] == 1:
            raise CrossfoldError(
                f"The hyperparameter {name}: 1 of random_forest can mean one or all (1.0). Write"
                " null for all, or a share below 1."
            )
    return {**DEFAULTS, "random_state": seed, **hyperparameters}
