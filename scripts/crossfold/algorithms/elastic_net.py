"""Linear regression with L1 and L2 penalties (scikit-learn's ElasticNet).

Hyperparameters: any of ElasticNet's. To tune: `alpha` (strength of the penalties, logarithmic) and `l1_ratio`
(share of the L1 penalty, 0 to 1).
"""

from __future__ import annotations

from typing import Any

from sklearn.linear_model import ElasticNet

# The default of 1000 iterations is too few for a weak penalty.
DEFAULTS: dict[str, Any] = {"max_iter": 10_000}


def build_regressor(hyperparameters: dict[str, Any], seed: int) -> ElasticNet:
    return ElasticNet(**{**DEFAULTS, "random_state": seed, **hyperparameters})
