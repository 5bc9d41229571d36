"""The metrics by name. Each is scikit-learn's own function; to add one, add one entry."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sklearn import metrics as sklearn_metrics

from crossfold.failure import CrossfoldError

Goal = Literal["maximize", "minimize"]


@dataclass(frozen=True)
class Metric:
    """`function(true classes 0..n-1, what `needs` says)` gives the score."""

    name: str
    goal: Goal
    needs: Literal["probability", "label"]
    function: Callable[[np.ndarray, np.ndarray], float]


def _roc_auc(truth: np.ndarray, probabilities: np.ndarray) -> float:
    if probabilities.shape[1] == 2:
        return sklearn_metrics.roc_auc_score(truth, probabilities[:, 1])
    names = np.arange(probabilities.shape[1])
    return sklearn_metrics.roc_auc_score(
        truth, probabilities, multi_class="ovr", average="macro", labels=names
    )


def _average_precision(truth: np.ndarray, probabilities: np.ndarray) -> float:
    if probabilities.shape[1] == 2:
        return sklearn_metrics.average_precision_score(truth, probabilities[:, 1])
    each = _one_hot(truth, probabilities.shape[1])
    return sklearn_metrics.average_precision_score(each, probabilities, average="macro")


def _f1(truth: np.ndarray, predicted: np.ndarray) -> float:
    binary = max(truth.max(), predicted.max()) <= 1
    average = "binary" if binary else "macro"
    return sklearn_metrics.f1_score(truth, predicted, average=average, zero_division=0.0)


def _log_loss(truth: np.ndarray, probabilities: np.ndarray) -> float:
    names = np.arange(probabilities.shape[1])
    return sklearn_metrics.log_loss(truth, probabilities, labels=names)


def _brier(truth: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean squared error of the probabilities; over all classes where there are more than two."""
    if probabilities.shape[1] == 2:
        return sklearn_metrics.brier_score_loss(truth, probabilities[:, 1], pos_label=1)
    each = _one_hot(truth, probabilities.shape[1])
    return np.mean(np.sum((probabilities - each) ** 2, axis=1))


def _one_hot(truth: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes)[truth]


METRICS = {
    metric.name: metric
    for metric in (
        Metric("roc_auc", "maximize", "probability", _roc_auc),
        Metric("average_precision", "maximize", "probability", _average_precision),
        Metric("accuracy", "maximize", "label", sklearn_metrics.accuracy_score),
        Metric("balanced_accuracy", "maximize", "label", sklearn_metrics.balanced_accuracy_score),
        Metric("f1", "maximize", "label", _f1),
        Metric("log_loss", "minimize", "probability", _log_loss),
        Metric("brier", "minimize", "probability", _brier),
    )
}


def find(names: Sequence[str]) -> list[Metric]:
    """The metrics of these names, in this order. An unknown name is refused."""
    if not names:
        raise CrossfoldError(f"No metric was asked for. There are: {', '.join(METRICS)}.")
    for name in names:
        if name not in METRICS:
            close = difflib.get_close_matches(name, METRICS, n=1)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            raise CrossfoldError(
                f"There is no metric {name!r}. {hint}There are: {', '.join(METRICS)}."
            )
    return [METRICS[name] for name in names]


def parse(text: str) -> list[Metric]:
    """Metrics from a job argument such as `roc_auc,accuracy`."""
    return find([name.strip() for name in text.split(",") if name.strip()])


def score(
    chosen: Sequence[Metric], truth: np.ndarray, probabilities: np.ndarray, estimator: Any, X: Any
) -> dict[str, float]:
    """Every chosen metric at full precision. Labels come from `estimator.predict`, if needed.

    The probabilities are scored in the type that the estimator gives (XGBoost: float32), as
    scikit-learn's own scorers do.
    """
    result: dict[str, float] = {}
    predicted: np.ndarray | None = None
    for metric in chosen:
        if metric.needs == "label" and predicted is None:
            predicted = np.asarray(estimator.predict(X))
        given = probabilities if metric.needs == "probability" else predicted
        try:
            value = float(metric.function(truth, given))
        except ValueError as error:
            raise CrossfoldError(f"The metric {metric.name} cannot be computed: {error}") from error
        if not math.isfinite(value):
            raise CrossfoldError(
                f"The metric {metric.name} has no value on these {len(truth)} rows: they need at"
                " least one row of every class."
            )
        result[metric.name] = value
    return result
