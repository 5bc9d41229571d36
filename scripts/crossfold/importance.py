"""How much a model's score owes to each column: scikit-learn's permutation importance on raw columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.inspection import permutation_importance

from crossfold import metrics, table
from crossfold.failure import CrossfoldError
from crossfold.metric import Metric
from crossfold.model import Model

REPEATS = 5
ROWS = 2000  # of more rows the first are taken
COLUMNS = 100  # a wider table would take longer than the score itself


class _Fitted:
    """A model as scikit-learn wants an estimator; it is never fitted again."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def fit(self, X: Any, y: Any) -> _Fitted:
        return self


def importance_of(
    metric: Metric, model: Model, raw: pd.DataFrame, truth: np.ndarray, weight: np.ndarray | None
) -> dict[str, Any]:
    """By how much the metric gets worse when a column is shuffled, mean and sd of 5 times; or why it is left out."""
    names = model.card.features
    if len(names) > COLUMNS:
        return {"left_out": f"the table has {len(names)} columns, more than {COLUMNS}", "features": []}
    # Read once: values are shuffled within their column, so that each keeps its meaning.
    part = table.features(raw.head(ROWS), model.columns)
    sign = 1 if metric.goal == "maximize" else -1

    def score(fitted: _Fitted, X: pd.DataFrame, y: np.ndarray, sample_weight: np.ndarray | None = None) -> float:
        given = fitted.model.of_features(X)
        return sign * metrics.score([metric], y, given, fitted.model, X, sample_weight)[metric.name]

    weights = None if weight is None else weight[: len(part)]
    try:
        found = permutation_importance(
            _Fitted(model),
            part,
            truth[: len(part)],
            scoring=score,
            n_repeats=REPEATS,
            random_state=0,
            sample_weight=weights,
        )
    except CrossfoldError as error:
        return {"left_out": str(error), "features": []}
    means, sds = found["importances_mean"].tolist(), found["importances_std"].tolist()
    features = [{"feature": name, "mean": mean, "sd": sd} for name, mean, sd in zip(names, means, sds, strict=True)]
    return {"left_out": None, "features": sorted(features, key=lambda each: -each["mean"])}
