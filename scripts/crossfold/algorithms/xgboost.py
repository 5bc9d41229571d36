"""Gradient-boosted trees (XGBoost's XGBClassifier and XGBRegressor).

Hyperparameters: any of XGBClassifier's or XGBRegressor's, with its defaults. To tune: `learning_rate`
(logarithmic), `max_depth`, `n_estimators`, `min_child_weight`, `subsample`, `colsample_bytree`.
"""

from __future__ import annotations

from typing import Any

from xgboost import XGBClassifier, XGBRegressor

# One thread, so that scores are equal on every machine.
DEFAULTS: dict[str, Any] = {"n_jobs": 1}


def build(hyperparameters: dict[str, Any], seed: int) -> XGBClassifier:
    return XGBClassifier(**{**DEFAULTS, "random_state": seed, **hyperparameters})


def build_regressor(hyperparameters: dict[str, Any], seed: int) -> XGBRegressor:
    return XGBRegressor(**{**DEFAULTS, "random_state": seed, **hyperparameters})
