"""What a report draws of predictions, in few points: ROC, precision and recall, calibration; of a regression pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve

POINTS = 200  # of a curve, at most
BINS = 10  # of equal width, of the predicted probability

Points = list[list[float]]


def curves_of(truth: np.ndarray, given: np.ndarray, weight: np.ndarray | None) -> dict[str, Any]:
    """The curves of each class against all others, of two classes those of the second; or a regression's pairs.

    `given` is as the metrics have it: probabilities, one column a class, or one number a row. A class that no row
    has, or every row, has no curve.
    """
    if given.ndim == 1:
        return {"pairs": _pairs(truth, given)}
    numbers = range(1, 2) if given.shape[1] == 2 else range(given.shape[1])
    each = ((number, truth == number, given[:, number].astype(np.float64)) for number in numbers)
    return {
        "classes": [
            _class_curves(number, positive, probability, weight)
            for number, positive, probability in each
            if positive.any() and not positive.all()
        ]
    }


def _class_curves(
    number: int, positive: np.ndarray, probability: np.ndarray, weight: np.ndarray | None
) -> dict[str, Any]:
    false_positive, true_positive, _ = roc_curve(positive, probability, sample_weight=weight)
    precision, recall, _ = precision_recall_curve(positive, probability, sample_weight=weight, drop_intermediate=True)
    return {
        "class": number,
        "share": float(np.average(positive, weights=weight)),
        "roc": thinned(false_positive, true_positive),
        "precision_recall": thinned(recall[::-1], precision[::-1]),
        "calibration": _calibration(positive, probability, weight),
    }


def thinned(x: np.ndarray, y: np.ndarray) -> Points:
    """At most POINTS points of a curve, evenly along its way: ends and corners stay where the eye sees them."""
    if len(x) > POINTS:
        way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
        kept = np.unique(np.searchsorted(way, np.linspace(0, way[-1], POINTS)).clip(0, len(x) - 1))
        x, y = x[kept], y[kept]
    return _points(x, y)


def _calibration(positive: np.ndarray, probability: np.ndarray, weight: np.ndarray | None) -> list[dict[str, float]]:
    """For each bin that has rows: their weight, their mean probability, and the share of them that has the class.

    The bins are those of scikit-learn's calibration_curve; their weights allow to pool the folds.
    """
    weights = np.ones(len(probability)) if weight is None else weight
    bins = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], probability)
    total, predicted, observed = (
        np.bincount(bins, weights=weights * values, minlength=BINS) for values in (1.0, probability, positive)
    )
    return [
        {
            "bin": number,
            "weight": total[number],
            "predicted": predicted[number] / total[number],
            "observed": observed[number] / total[number],
        }
        for number in np.flatnonzero(total > 0).tolist()
    ]


def _pairs(truth: np.ndarray, given: np.ndarray) -> Points:
    """True and predicted value of rows that are spread evenly over the true values."""
    order = np.argsort(truth, kind="stable")
    kept = order[np.unique(np.linspace(0, len(order) - 1, min(POINTS, len(order))).astype(int))]
    return _points(truth[kept], given[kept])


def _points(x: np.ndarray, y: np.ndarray) -> Points:
    """Six digits: more than a picture shows."""
    return [[float(f"{a:.6g}"), float(f"{b:.6g}")] for a, b in zip(x, y, strict=True)]
