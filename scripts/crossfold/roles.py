"""What the columns GROUP, TIME, FOLD and WEIGHT say of each row. None of them may be missing in a row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossfold import values
from crossfold.columns import Columns
from crossfold.failure import CrossfoldError

Lines = Sequence[int] | None  # the rows' lines in the data file, where it is at hand


def groups(table: pd.DataFrame, column: str, lines: Lines) -> np.ndarray:
    """Each row's group as a code 0..n-1, in the order of the groups' names."""
    names = _names(table, column, "GROUP", lines)
    order = {name: code for code, name in enumerate(values.label_order(set(names)))}
    return np.array([order[name] for name in names], dtype=np.int64)


def fold_names(table: pd.DataFrame, column: str, lines: Lines) -> np.ndarray:
    """Each row's fold, as canonical text."""
    return np.array(_names(table, column, "FOLD", lines), dtype=object)


def times(table: pd.DataFrame, column: str, lines: Lines) -> np.ndarray:
    """Each row's rank in time; rows of one time have one rank.

    The column holds numbers, or dates and times in ISO 8601; one without a zone is taken as UTC.
    """
    _refuse_missing(table, column, "TIME", lines)
    texts = table[column].tolist()
    try:
        given = values.numbers(texts)
    except values.NotANumber:
        stamps = pd.to_datetime(pd.Series(texts), format="ISO8601", utc=True, errors="coerce")
        if stamps.isna().any():
            at = int(np.argmax(stamps.isna()))
            raise CrossfoldError(
                f"{place(table, at, lines)}, column {column!r} (TIME): {texts[at]!r} is neither a number nor a date or"
                " time in ISO 8601, such as 2026-03-31 or 2026-03-31T18:30:00Z. Write all rows in one of the two ways."
            ) from None
        given = stamps.dt.tz_localize(None).to_numpy()
    return np.unique(given, return_inverse=True)[1]


def weights(table: pd.DataFrame, columns: Columns, lines: Lines = None) -> np.ndarray | None:
    """Each row's weight, a finite number of at least 0 (float64); None where no column is named."""
    if columns.weight is None:
        return None
    _refuse_missing(table, columns.weight, "WEIGHT", lines)
    texts = table[columns.weight].tolist()
    try:
        given = values.numbers(texts)
        position = int(np.argmax(given < 0)) if (given < 0).any() else None
    except values.NotANumber as error:
        position = error.position
    if position is not None:
        raise CrossfoldError(
            f"{place(table, position, lines)}, column {columns.weight!r} (WEIGHT): {texts[position]!r} is no weight. A"
            " weight is a finite number of at least 0."
        )
    return given


def place(table: pd.DataFrame, position: int, lines: Lines) -> str:
    """`Row 7 (line 9)`, for a message."""
    return f"Row {table.index[position]}" + ("" if lines is None else f" (line {lines[position]})")


def _names(table: pd.DataFrame, column: str, variable: str, lines: Lines) -> list[str]:
    _refuse_missing(table, column, variable, lines)
    return [str(values.category(value)) for value in table[column].tolist()]


def _refuse_missing(table: pd.DataFrame, column: str, variable: str, lines: Lines) -> None:
    missing = np.array([values.is_missing(value) for value in table[column].tolist()], dtype=bool)
    if missing.any():
        raise CrossfoldError(
            f"The column {column!r} ({variable} in preprocessing.py) has no value in {missing.sum()} of {len(table)}"
            f" rows, first in {place(table, int(np.argmax(missing)), lines).lower()}. Fill it in, or remove these rows."
        )
