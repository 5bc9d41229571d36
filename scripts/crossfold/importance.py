"""How much a model's score owes to each column: permutation importance on raw columns.

Breiman, Random Forests, Machine Learning 45, 2001, in the form of scikit-learn's `permutation_importance`, whose
numbers these are. It predicts after each shuffle; here all shuffles of a column are predicted together, as most of what
a prediction of few rows takes is the same for many.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crossfold import metrics, table
from crossfold.failure import CrossfoldError
from crossfold.metric import Metric
from crossfold.model import Model

REPEATS = 5
ROWS = 2000  # of more rows the first are taken
COLUMNS = 100  # a wider table would take longer than the score itself


def importance_of(
    metric: Metric, model: Model, raw: pd.DataFrame, truth: np.ndarray, weight: np.ndarray | None
) -> dict[str, Any]:
    """By how much the metric gets worse when a column is shuffled, mean and sd of 5 times; or why it is left out."""
    names = model.card.features
    if len(names) > COLUMNS:
        return {"left_out": f"the table has {len(names)} columns, more than {COLUMNS}", "features": []}
    part = table.features(raw.head(ROWS), model.columns)
    known, weights = truth[: len(part)], None if weight is None else weight[: len(part)]
    sign = 1 if metric.goal == "maximize" else -1
    orders, repeated = _orders(len(part)), pd.concat([part] * REPEATS)

    def scores(times: pd.DataFrame) -> np.ndarray:
        """The score of the part, as often as its rows are repeated."""
        starts = range(0, len(times), len(part))
        parts = [times[at : at + len(part)] for at in starts]
        given = np.split(model.of_features(times), starts[1:])
        with model.threads.limit(limits=1):
            return np.array(
                [
                    sign * metrics.score([metric], known, each, model.pipeline, rows, weights)[metric.name]
                    for each, rows in zip(given, parts, strict=True)
                ]
            )

    try:
        (whole,) = scores(part)
        losses = {name: whole - scores(repeated.assign(**{name: part[name].to_numpy()[orders]})) for name in names}
    except CrossfoldError as error:
        return {"left_out": str(error), "features": []}
    features = [{"feature": name, "mean": float(lost.mean()), "sd": float(lost.std())} for name, lost in losses.items()]
    return {"left_out": None, "features": sorted(features, key=lambda each: -each["mean"])}


def _orders(rows: int) -> np.ndarray:
    """The positions of the rows in 5 orders, one after the other: those that scikit-learn draws for each column."""
    random = np.random.RandomState(np.random.RandomState(0).randint(2**31))
    shuffle, order, orders = np.arange(rows), np.arange(rows), []
    for _ in range(REPEATS):
        random.shuffle(shuffle)
        order = order[shuffle]
        orders.append(order)
    return np.concatenate(orders)
