"""Metrics that the algorithm knows: the library's own, and those that the container adds to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    import xgboost

_NAMES = json.loads(Path(__file__).with_name("metrics.json").read_text())
MAXIMIZED: tuple[str, ...] = tuple(_NAMES["maximized"])
ALL_METRICS: tuple[str, ...] = (*MAXIMIZED, *_NAMES["minimized"])

Score = Callable[["numpy.ndarray[Any, Any]", "numpy.ndarray[Any, Any]"], float]


def _of_labels() -> dict[str, Score]:
    from sklearn import metrics

    return {
        "accuracy": metrics.accuracy_score,
        "balanced_accuracy": metrics.balanced_accuracy_score,
        "f1": partial(metrics.f1_score, average="macro"),
        "f1_binary": partial(metrics.f1_score, average="binary"),
        "f1_macro": partial(metrics.f1_score, average="macro"),
        "precision": metrics.precision_score,
        "precision_macro": partial(metrics.precision_score, average="macro"),
        "precision_micro": partial(metrics.precision_score, average="micro"),
        "recall": metrics.recall_score,
        "recall_macro": partial(metrics.recall_score, average="macro"),
        "recall_micro": partial(metrics.recall_score, average="micro"),
    }


def _of_values() -> dict[str, Score]:
    from sklearn import metrics

    return {"mse": metrics.mean_squared_error, "r2": metrics.r2_score}


def split(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The metrics that the library computes, and those that it does not know."""
    added = {**_of_labels(), **_of_values()}
    return [name for name in names if name not in added], [name for name in names if name in added]


def added_metrics(
    names: Sequence[str], objective: str
) -> Callable[[numpy.ndarray[Any, Any], xgboost.DMatrix], list[tuple[str, float]]]:
    """What xgboost.train takes as custom_metric: the library hands it what the objective predicts."""
    of_labels, of_values = _of_labels(), _of_values()
    threshold = 0.0 if objective == "binary:logitraw" else 0.5

    def scores(predicted: numpy.ndarray[Any, Any], data: xgboost.DMatrix) -> list[tuple[str, float]]:
        truth = data.get_label()
        if predicted.ndim > 1:
            labels = predicted.argmax(axis=-1)
        else:
            labels = predicted if objective == "multi:softmax" else (predicted > threshold).astype(int)
        return [
            (name, float(of_labels[name](truth, labels) if name in of_labels else of_values[name](truth, predicted)))
            for name in names
        ]

    return scores
