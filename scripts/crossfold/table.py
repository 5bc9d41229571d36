"""Tables between the steps: the used columns as raw text, and what they mean.

The raw text travels, so that a row of the holdout can be sent to the endpoint as it stands in the
user's file; `features` and `labels` give it its meaning, the same in every job and at the endpoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from crossfold import values
from crossfold.columns import Columns, lacking
from crossfold.data_file import DataFile
from crossfold.failure import CrossfoldError
from crossfold.rows import INDEX

FILE = "table.parquet"


def from_data_file(data: DataFile, columns: Columns) -> pd.DataFrame:
    """The columns that the pipeline names, as text, None where missing; the index is the row id."""
    for name in columns.used:
        if name not in data.header:
            raise CrossfoldError(lacking(name, data.header, data.name))
    return pd.DataFrame(
        {name: _text(data, data.header.index(name)) for name in columns.used},
        index=pd.RangeIndex(len(data.records), name=INDEX),
        dtype=object,
    )


def write(table: pd.DataFrame, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / FILE)


def read(folder: Path, columns: Columns) -> pd.DataFrame:
    """A table that the split wrote."""
    table = read_shared(folder, columns)
    for name in columns.used:
        if name not in table.columns:
            raise CrossfoldError(lacking(name, table.columns, "the split's table"))
    return table


def read_shared(folder: Path, columns: Columns) -> pd.DataFrame:
    """What a table that the split of another run wrote has of the used columns: its scripts may have named others."""
    path = folder / FILE
    if not path.is_file():
        raise CrossfoldError(f"The job's input {path} is missing; the split did not leave it.")
    table = pd.read_parquet(path)
    raw = table[[name for name in columns.used if name in table.columns]].astype(object)
    return raw.where(raw.notna(), None)


def features(table: pd.DataFrame, columns: Columns, lines: Sequence[int] | None = None) -> pd.DataFrame:
    """The features as preprocessing sees them: float64 numbers, canonical texts, NaN where missing.

    `lines` are the rows' lines in the data file, where it is at hand, for the message.
    """
    result: dict[str, np.ndarray] = {}
    for name in columns.numeric:
        try:
            result[name] = values.numbers(table[name].tolist())
        except values.NotANumber as error:
            row = table.index[error.position]
            line = f" (line {lines[error.position]})" if lines is not None else ""
            raise CrossfoldError(
                f"Row {row}{line}, column {name!r}: {error.value!r} is not a finite number, and"
                " preprocessing.py has the column in NUMERIC. Mend the value, leave it empty if"
                " it is missing, or move the column to CATEGORICAL."
            ) from None
    for name in columns.categorical:
        result[name] = values.categories(table[name].tolist())
    frame = pd.DataFrame(index=table.index)
    for name, column in result.items():
        frame[name] = pd.Series(column, index=table.index, dtype=column.dtype)
    return frame


def labels(table: pd.DataFrame, columns: Columns) -> pd.Series:
    """The target as canonical labels, None where missing."""
    texts = [values.category(value) for value in table[columns.target].tolist()]
    return pd.Series(texts, index=table.index, dtype=object)


def encode(target: pd.Series, classes: Sequence[str]) -> np.ndarray:
    """Labels as 0..n-1 in the order of `classes`."""
    code = {label: number for number, label in enumerate(classes)}
    unknown = sorted({str(label) for label in target if label not in code})
    if unknown:
        raise CrossfoldError(
            f"The target has a class that the training rows do not have: {', '.join(unknown)}."
            " Split with `split.scheme: stratified`, or add rows of that class."
        )
    return np.array([code[label] for label in target], dtype=np.int64)


def refuse_all_missing(frame: pd.DataFrame, columns: Columns, where: str) -> None:
    """Refuse a feature without a single value: no imputer or scaler could learn from it."""
    for name in columns.features:
        if frame[name].isna().all():
            raise CrossfoldError(
                f"The column {name!r} has no value at all {where}. Take it out of"
                " preprocessing.py, or fill it in the data."
            )


def _text(data: DataFile, position: int) -> list[str | None]:
    column = (record[position] for record in data.records)
    return [None if text in values.MISSING else text for text in column]
