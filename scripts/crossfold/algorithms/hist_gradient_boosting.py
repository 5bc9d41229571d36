"""Gradient-boosted trees over binned features (scikit-learn's HistGradientBoosting).

Hyperparameters: any of HistGradientBoostingClassifier's or -Regressor's, with its defaults. To tune:
`learning_rate` (logarithmic), `max_iter`, `max_leaf_nodes`, `min_samples_leaf`, `l2_regularization`.
"""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor


def build(hyperparameters: dict[str, Any], seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(**{"random_state": seed, **hyperparameters})


def build_regressor(hyperparameters: dict[str, Any], seed: int) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(**{"random_state": seed, **hyperparameters})
