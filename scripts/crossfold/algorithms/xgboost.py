"""Gradient-boosted trees (XGBoost's XGBClassifier, histogram method).

Hyperparameters: any of XGBClassifier's. To tune: `learning_rate` (logarithmic), `max_depth`,
`n_estimators`, `min_child_weight`, `subsample`, `colsample_bytree`.
"""

from __future__ import annotations

from typing import Any

from xgboost import XGBClassifier

DEFAULTS: dict[str, Any] = {
    "n_estimators": 200,
    "max_depth": 4,
    "learning_rate": 0.1,
    "tree_method": "hist",
    "n_jobs": 1,
}


def build(hyperparameters: dict[str, Any], seed: int) -> XGBClassifier:
    return XGBClassifier(**{**DEFAULTS, "random_state": seed, **hyperparameters})
