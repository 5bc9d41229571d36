"""A preprocessed fold on disk: float64 features, the target (see target.py), weights; rows by id.

Parquet keeps float64 to the last bit; folds may differ in width (an encoder sees other categories).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow.parquet import ParquetFile

from crossfold.failure import CrossfoldError
from crossfold.rows import row_hash

ROW = "__row__"
TARGET = "__target__"
WEIGHT = "__weight__"


@dataclass(frozen=True)
class Part:
    """The training or the test rows of a fold."""

    rows: np.ndarray
    features: np.ndarray
    target: np.ndarray
    weight: np.ndarray | None = None


@dataclass(frozen=True)
class FoldData:
    fold: int
    classes: int  # 0 for a regression
    train: Part
    test: Part
    fitted_hash: str  # of the rows that the preprocessing saw


def feature_names(transformer: Any, width: int) -> list[str]:
    """The transformer's own names where it knows them, else `feature_0`, `feature_1`, …"""
    try:
        names = [str(name) for name in transformer.get_feature_names_out()]
    except (AttributeError, ValueError, TypeError, NotImplementedError):
        names = []
    if len(names) != width or len(set(names)) != width or {ROW, TARGET, WEIGHT} & set(names):
        return [f"feature_{number}" for number in range(width)]
    return names


def write_part(path: Path, names: Sequence[str], part: Part) -> None:
    frame = pd.DataFrame(part.features, columns=list(names), copy=False)
    frame[TARGET] = part.target
    if part.weight is not None:
        frame[WEIGHT] = part.weight
    frame[ROW] = part.rows
    frame.to_parquet(path, index=False)


def read_fold(folder: Path, fold: int) -> FoldData:
    """Read what the preprocess job wrote for this fold."""
    train, test = (_read_part(folder / name, fold) for name in ("train.parquet", "test.parquet"))
    if train.features.shape[1] != test.features.shape[1]:
        raise CrossfoldError(
            f"Fold {fold} has {train.features.shape[1]} features in its training rows and"
            f" {test.features.shape[1]} in its test rows; preprocess it again."
        )
    regression = np.issubdtype(train.target.dtype, np.floating)
    classes = 0 if regression else int(max(train.target.max(), test.target.max())) + 1
    # What the job that preprocessed it saw is in the evidence of that job, which the run has compared already.
    return FoldData(fold, classes, train, test, row_hash(train.rows))


def _read_part(path: Path, fold: int) -> Part:
    if not path.is_file():
        raise CrossfoldError(
            f"Fold {fold} has no {path.name} in the channel {path.parent.name}: the preprocessing"
            " of this fold did not finish, or the job was not given its folder."
        )
    # Without pandas: its frame of many columns takes longer than they do.
    part = ParquetFile(path).read(use_threads=False)
    column = {name: part[name].to_numpy() for name in part.column_names}
    rows, target, weight = column.pop(ROW), column.pop(TARGET), column.pop(WEIGHT, None)
    features = np.empty((len(rows), len(column)))
    for number, values in enumerate(column.values()):
        features[:, number] = values
    return Part(rows, features, target, weight)
