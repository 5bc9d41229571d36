"""The metrics that every pipeline has. Each is scikit-learn's own function; to add one, add one entry."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn import metrics as sklearn_metrics

from crossfold.metric import Function, Metric

Weight = np.ndarray | None


def _roc_auc(truth: np.ndarray, given: np.ndarray, classes: int, weight: Weight) -> float:
    if classes == 2:
        return sklearn_metrics.roc_auc_score(truth, given[:, 1], sample_weight=weight)
    return sklearn_metrics.roc_auc_score(
        truth, given, multi_class="ovr", average="macro", labels=np.arange(classes), sample_weight=weight
    )


def _average_precision(truth: np.ndarray, given: np.ndarray, classes: int, weight: Weight) -> float:
    if classes == 2:
        return sklearn_metrics.average_precision_score(truth, given[:, 1], sample_weight=weight)
    return sklearn_metrics.average_precision_score(
        _one_hot(truth, classes), given, average="macro", sample_weight=weight
    )


def _f1(truth: np.ndarray, given: np.ndarray, classes: int, weight: Weight) -> float:
    """Of the second of two classes; the mean over the classes where there are more."""
    average = "binary" if classes == 2 else "macro"
    return sklearn_metrics.f1_score(truth, given, average=average, zero_division=0.0, sample_weight=weight)


def _log_loss(truth: np.ndarray, given: np.ndarray, classes: int, weight: Weight) -> float:
    return sklearn_metrics.log_loss(truth, given, labels=np.arange(classes), sample_weight=weight)


def _brier(truth: np.ndarray, given: np.ndarray, classes: int, weight: Weight) -> float:
    """Mean squared error of the probability; summed over the classes where there are more."""
    if classes == 2:
        return sklearn_metrics.brier_score_loss(truth, given[:, 1], pos_label=1, sample_weight=weight)
    return np.average(np.sum((given - _one_hot(truth, classes)) ** 2, axis=1), weights=weight)


def _one_hot(truth: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes)[truth]


def _direct(function: Callable[..., float]) -> Function:
    """A function of scikit-learn that need not be told the number of classes."""

    def call(truth: np.ndarray, given: np.ndarray, classes: int, weight: Weight) -> float:
        return function(truth, given, sample_weight=weight)

    return call


METRICS = {
    metric.name: metric
    for metric in (
        Metric("roc_auc", "maximize", "probability", _roc_auc),
        Metric("average_precision", "maximize", "probability", _average_precision),
        Metric("accuracy", "maximize", "label", _direct(sklearn_metrics.accuracy_score)),
        Metric("balanced_accuracy", "maximize", "label", _direct(sklearn_metrics.balanced_accuracy_score)),
        Metric("f1", "maximize", "label", _f1),
        Metric("log_loss", "minimize", "probability", _log_loss),
        Metric("brier", "minimize", "probability", _brier),
        Metric("rmse", "minimize", "value", _direct(sklearn_metrics.root_mean_squared_error)),
        Metric("mae", "minimize", "value", _direct(sklearn_metrics.mean_absolute_error)),
        Metric("r2", "maximize", "value", _direct(sklearn_metrics.r2_score)),
        Metric("median_absolute_error", "minimize", "value", _direct(sklearn_metrics.median_absolute_error)),
        Metric("mape", "minimize", "value", _direct(sklearn_metrics.mean_absolute_percentage_error)),
    )
}
