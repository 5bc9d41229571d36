"""The column to predict, as numbers: class codes (int64), or a regression's values (float64)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossfold import table, values
from crossfold.columns import Columns
from crossfold.data_file import DataFile
from crossfold.failure import CrossfoldError
from crossfold.roles import Lines, place
from crossfold.task import Task


def classes_of(raw: pd.DataFrame, columns: Columns, task: Task) -> list[str]:
    """The classes of a classification's target in order; none for a regression."""
    if task == "regression":
        return []
    return values.label_order(set(table.labels(raw, columns)))


def numbers_of(
    raw: pd.DataFrame, columns: Columns, task: Task, classes: Sequence[str], lines: Lines = None
) -> np.ndarray:
    """The target of each row: the position of its class in `classes`, or the number that stands there."""
    if task == "classification":
        return table.encode(table.labels(raw, columns), classes)
    try:
        return values.numbers(raw[columns.target].tolist())
    except values.NotANumber as error:
        raise CrossfoldError(
            f"{place(raw, error.position, lines)}, target {columns.target!r}: {error.value!r} is not a finite number,"
            " and `task: regression` predicts numbers. Mend the value, or set `task: classification`."
        ) from None


def check(raw: pd.DataFrame, columns: Columns, task: Task, data: DataFile) -> None:
    """Refuse a target that has a missing value, or the same value in every row."""
    target = table.labels(raw, columns).tolist()
    missing = [line for label, line in zip(target, data.lines, strict=True) if label is None]
    if len(missing) == len(target):
        raise CrossfoldError(f"The target {columns.target!r} in {data.name} has no value at all.")
    if missing:
        raise CrossfoldError(
            f"The target {columns.target!r} is missing in {len(missing)} of {len(target)} rows of"
            f" {data.name}, first on line {missing[0]}. Remove these rows, or fill the target in."
        )
    if len(set(target)) < 2:
        kind, way_out = ("class", "tell apart") if task == "classification" else ("value", "predict")
        raise CrossfoldError(
            f"The target {columns.target!r} in {data.name} has one {kind} only ({target[0]!r}):"
            f" there is nothing to {way_out}. Check TARGET in preprocessing.py, or add rows of"
            f" another {kind}."
        )
