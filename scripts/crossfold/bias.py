"""Whether a model treats groups alike: what it says of each group of rows, and how often it is right."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from crossfold import values
from crossfold.columns import Columns

PARTS = 4  # of a numeric column, with about as many rows each
LARGEST = 20  # groups of a column; the smaller ones are taken together
OTHERS = "all others"
MISSING = "no value"
LEVEL = 0.95  # of the intervals


def bias_of(
    raw: pd.DataFrame, columns: Columns, truth: np.ndarray, given: np.ndarray, weight: np.ndarray | None
) -> dict[str, Any]:
    """For each sensitive column the rates of its groups: of each class (of two the second), or a regression's errors.

    `given` is as the metrics have it: probabilities, one column a class, or one number a row.
    """
    found = []
    for name in columns.sensitive:
        groups = _groups(raw, name, columns)
        masks = {group: groups == group for group in _largest_first(groups)}
        if given.ndim == 1:
            errors = [{"group": group, **_errors(truth, given, weight, rows)} for group, rows in masks.items()]
            found.append({"column": name, "classes": [], "errors": errors})
            continue
        label = given.argmax(axis=1)
        numbers = range(1, 2) if given.shape[1] == 2 else range(given.shape[1])
        classes = [
            {
                "class": number,
                "groups": [
                    {"group": group, **_rates(truth == number, label == number, weight, rows)}
                    for group, rows in masks.items()
                ],
            }
            for number in numbers
        ]
        found.append({"column": name, "classes": classes, "errors": []})
    return {"columns": found}


def _groups(raw: pd.DataFrame, name: str, columns: Columns) -> np.ndarray:
    """The group of each row, as text; numbers are put into parts of about as many rows each."""
    if name not in columns.numeric:
        texts = [values.category(value) for value in raw[name].tolist()]
        groups = np.array([MISSING if text is None else text for text in texts], dtype=object)
        names = _largest_first(groups)
        if len(names) > LARGEST:
            kept = set(names[: LARGEST - 1])
            groups = np.array([group if group in kept else OTHERS for group in groups], dtype=object)
        return groups
    numbers = values.numbers(raw[name].tolist())
    present = numbers[~np.isnan(numbers)]
    inner = np.unique(np.quantile(present, np.linspace(0, 1, PARTS + 1)[1:-1])) if len(present) else np.array([])
    edges = ["", *(f"{edge:g}" for edge in inner), ""]
    labels = [
        f"from {low} to under {high}"
        if low and high
        else f"under {high}"
        if high
        else f"{low} and above"
        if low
        else "all"
        for low, high in itertools.pairwise(edges)
    ]
    parts = np.searchsorted(inner, np.nan_to_num(numbers), side="right")
    return np.array([MISSING if np.isnan(n) else labels[p] for n, p in zip(numbers, parts, strict=True)], dtype=object)


def _largest_first(groups: np.ndarray) -> list[str]:
    """The groups, those with the most rows first, as there one can tell most."""
    names, counts = np.unique(groups.astype(str), return_counts=True)
    return [str(names[at]) for at in np.argsort(-counts, kind="stable")]


def _rates(positive: np.ndarray, said: np.ndarray, weight: np.ndarray | None, rows: np.ndarray) -> dict[str, Any]:
    """How often the class is said of the group and how often it is so; the true and the false positive rate.

    The interval of the first is Wilson's (Probable Inference, JASA 22, 1927); rows with weights have none.
    """
    interval = (
        None if weight is not None else binomtest(int(said[rows].sum()), int(rows.sum())).proportion_ci(LEVEL, "wilson")
    )
    return {
        "rows": int(rows.sum()),
        "said": _share(said, weight, rows),
        "low": None if interval is None else float(interval.low),
        "high": None if interval is None else float(interval.high),
        "true": _share(positive, weight, rows),
        "true_positive": _share(said, weight, rows & positive),
        "false_positive": _share(said, weight, rows & ~positive),
    }


def _errors(truth: np.ndarray, given: np.ndarray, weight: np.ndarray | None, rows: np.ndarray) -> dict[str, Any]:
    """The mean of predicted less true value, and of its size."""
    error = given - truth
    return {"rows": int(rows.sum()), "mean": _share(error, weight, rows), "size": _share(np.abs(error), weight, rows)}


def _share(what: np.ndarray, weight: np.ndarray | None, rows: np.ndarray) -> float | None:
    """The mean over the rows; None where there are none, or none that weighs anything."""
    weights = rows.astype(np.float64) if weight is None else np.where(rows, weight, 0)
    total = weights.sum()
    return None if total == 0 else float((what * weights).sum() / total)
