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


# (true classes 0..n-1, the probabilities or the predicted classes, n) -> the score
Function = Callable[[np.ndarray, np.ndarray, int], float]


@dataclass(frozen=True)
class Metric:
    """A metric by name: whether more is better, and what it is computed from."""

    name: str
    goal: Goal
    needs: Literal["probability", "label"]
    function: Function


def _roc_auc(truth: np.ndarray, given: np.ndarray, classes: int) -> float:
    if classes == 2:
        return sklearn_metrics.roc_auc_score(truth, given[:, 1])
    return sklearn_metrics.roc_auc_score(truth, given, multi_class="ovr", average="macro", labels=np.arange(classes))


def _average_precision(truth: np.ndarray, given: np.ndarray, classes: int) -> float:
    if classes == 2:
        return sklearn_metrics.average_precision_score(truth, given[:, 1])
    return sklearn_metrics.average_precision_score(_one_hot(truth, classes), given, average="macro")


def _accuracy(truth: np.ndarray, given: np.ndarray, classes: int) -> float:
    return sklearn_metrics.accuracy_score(truth, given)


def _balanced_accuracy(truth: np.ndarray, given: np.ndarray, classes: int) -> float:
    return sklearn_metrics.balanced_accuracy_score(truth, given)


def _f1(truth: np.ndarray, given: np.ndarray, classes: int) -> float:
    """Of the second of two classes; the mean over the classes where there are more."""
    average = "binary" if classes == 2 else "macro"
    return sklearn_metrics.f1_score(truth, given, average=average, zero_division=0.0)


def _log_loss(truth: np.ndarray, given: np.ndarray, classes: int) -> float:
    return sklearn_metrics.log_loss(truth, given, labels=np.arange(classes))


def _brier(truth: np.ndarray, given: np.ndarray, classes: int) -> float:
    """Mean squared error of the probability; summed over the classes where there are more."""
    if classes == 2:
        return sklearn_metrics.brier_score_loss(truth, given[:, 1], pos_label=1)
    return np.mean(np.sum((given - _one_hot(truth, classes)) ** 2, axis=1))


def _one_hot(truth: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes)[truth]


METRICS = {
    metric.name: metric
    for metric in (
        Metric("roc_auc", "maximize", "probability", _roc_auc),
        Metric("average_precision", "maximize", "probability", _average_precision),
        Metric("accuracy", "maximize", "label", _accuracy),
        Metric("balanced_accuracy", "maximize", "label", _balanced_accuracy),
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
            raise CrossfoldError(f"There is no metric {name!r}. {hint}There are: {', '.join(METRICS)}.")
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
            value = float(metric.function(truth, given, probabilities.shape[1]))
        except ValueError as error:
            raise CrossfoldError(f"The metric {metric.name} cannot be computed: {error}") from error
        if not math.isfinite(value):
            raise CrossfoldError(
                f"The metric {metric.name} has no value on these {len(truth)} rows: they need at"
                " least one row of every class."
            )
        result[metric.name] = value
    return result
