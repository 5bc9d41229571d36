"""Linear regression with an L2 penalty (scikit-learn's Ridge).

Hyperparameters: any of Ridge's, with its defaults. `alpha` (strength of the penalty, above 0) is the one to
tune, on a logarithmic scale.
"""

from __future__ import annotations

from typing import Any

from sklearn.linear_model import Ridge


def build_regressor(hyperparameters: dict[str, Any], seed: int) -> Ridge:
    return Ridge(**{"random_state": seed, **hyperparameters})
