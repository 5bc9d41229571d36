"""Choosing metrics by name, and computing them."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crossfold.failure import CrossfoldError, describe
from crossfold.metric import Metric
from crossfold.own_metrics import own_metrics
from crossfold.standard_metrics import METRICS
from crossfold.task import Task


def find(names: Sequence[str], task: Task, code: Path) -> list[Metric]:
    """The metrics of these names, in this order: ours, and those of the code folder's metrics.py.

    An unknown name, or one of the other task, is refused, as is a metric of the pipeline's own with our name.
    """
    own = own_metrics(code)
    for name in own:
        if name in METRICS:
            raise CrossfoldError(f"METRICS in metrics.py has the name {name!r}, which is taken. Choose another name.")
    there = {**METRICS, **own}
    known = [name for name, metric in there.items() if metric.task == task]
    there_are = f"For `task: {task}` there are: {', '.join(known)}."
    if not names:
        raise CrossfoldError(f"No metric was asked for. {there_are}")
    for name in names:
        if name not in there:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            raise CrossfoldError(
                f"There is no metric {name!r}. {hint}{there_are} Your own go into metrics.py beside preprocessing.py."
            )
        if name not in known:
            raise CrossfoldError(f"The metric {name!r} is for {there[name].task}. {there_are}")
    return [there[name] for name in names]


def listed(text: str) -> list[str]:
    """The names in a job argument such as `roc_auc,accuracy`."""
    return [name.strip() for name in text.split(",") if name.strip()]


def score(
    chosen: Sequence[Metric],
    truth: np.ndarray,
    given: np.ndarray,
    estimator: Any,
    X: Any,
    weight: np.ndarray | None = None,
) -> dict[str, float]:
    """Every chosen metric at full precision, weighted where there are weights.

    Labels come from `estimator.predict`, if needed.

    `given` are the probabilities, one column a class, or the values of a regression. They are scored in
    the type that the estimator gives (XGBoost: float32), as scikit-learn's own scorers do.
    """
    result: dict[str, float] = {}
    predicted: np.ndarray | None = None
    classes = given.shape[1] if given.ndim == 2 else 0
    for metric in chosen:
        if metric.needs == "label" and predicted is None:
            predicted = np.asarray(estimator.predict(X))
        try:
            value = float(metric.function(truth, predicted if metric.needs == "label" else given, classes, weight))
        except Exception as error:
            raise CrossfoldError(f"The metric {metric.name} cannot be computed: {describe(error)}") from error
        if not math.isfinite(value):
            least = "at least one row of every class" if classes else "more rows"
            raise CrossfoldError(
                f"The metric {metric.name} has no value on these {len(truth)} rows: they need {least}."
            )
        result[metric.name] = value
    return result
