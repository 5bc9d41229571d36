"""Random forest (scikit-learn's RandomForestClassifier and RandomForestRegressor).

Hyperparameters: any of RandomForestClassifier's or RandomForestRegressor's, with its defaults. To tune:
`max_depth`, `min_samples_leaf`, `max_features`; more `n_estimators` costs time and rarely hurts.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from crossfold.failure import CrossfoldError

# One thread, so that scores are equal on every machine.
DEFAULTS: dict[str, Any] = {"n_jobs": 1}

# A forest clones a tree for each of its trees, and a clone reads what parameters there are from the signature: worked
# out once and kept where Python looks for it (PEP 362), it costs a forest on few rows 2-4 % less of its time.
for _tree in (DecisionTreeClassifier, DecisionTreeRegressor):
    setattr(_tree.__init__, "__signature__", inspect.signature(_tree.__init__))  # noqa: B010


def build(hyperparameters: dict[str, Any], seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(**_checked(hyperparameters, seed))


def build_regressor(hyperparameters: dict[str, Any], seed: int) -> RandomForestRegressor:
    return RandomForestRegressor(**_checked(hyperparameters, seed))


def arrange(features: np.ndarray, hyperparameters: dict[str, Any]) -> np.ndarray:
    """By column for trees of limited depth: most of their time goes into sorting columns of many rows, 5-20 % less so.

    A deep tree looks at few rows at a time, of all columns, and is a little faster with rows. float32 is what the
    forest itself makes of its rows (`RandomForestClassifier.fit`), in the layout that it is given.
    """
    if hyperparameters.get("max_depth") is None:
        return features
    return np.asarray(features, dtype=np.float32, order="F")


def _checked(hyperparameters: dict[str, Any], seed: int) -> dict[str, Any]:
    for name in ("max_features", "max_samples"):
        # JSON has one kind of number: 1 (one feature) and 1.0 (all of them) look the same
        if type(hyperparameters.get(name)) is int and hyperparameters[name] == 1:
            raise CrossfoldError(
                f"The hyperparameter {name}: 1 of random_forest can mean one or all (1.0). Write"
                " null for all, or a share below 1."
            )
    return {**DEFAULTS, "random_state": seed, **hyperparameters}
