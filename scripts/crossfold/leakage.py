"""What fitting the preprocessing on all rows does to a score, against fitting it on the training rows alone.

The leaky variant is what preprocessing the whole table first does: fitted on all rows of the cross
validation with their target, then applied to each fold. The estimator sees the same rows in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crossfold import roles, table, target
from crossfold.batch import Batch, Fit
from crossfold.columns import Columns
from crossfold.evidence import Evidence, Witness
from crossfold.failure import CrossfoldError
from crossfold.fits import run_fit
from crossfold.fold_tables import FoldData, Part
from crossfold.metric import Metric
from crossfold.rows import row_hash
from crossfold.splits import Fold
from crossfold.task import Task


@dataclass(frozen=True)
class Rows:
    """All rows of the cross validation, indexed by row id: as raw text, as features, and the target as numbers."""

    raw: pd.DataFrame
    features: pd.DataFrame
    target: pd.Series
    weight: pd.Series | None
    classes: int  # 0 for a regression


@dataclass(frozen=True)
class Score:
    """One setting's objective on each fold, in the order of the folds."""

    setting: str
    honest: list[float]
    leaky: list[float]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """Every setting's scores; of each fold, what its honest preprocessing saw and how many features it made."""

    scores: list[Score]
    evidence: list[Evidence]
    widths: list[int]


def read_rows(folder: Path, columns: Columns, task: Task, folds: Sequence[Fold]) -> Rows:
    """The training table that the split wrote, which has to have every row of every fold."""
    raw = table.read(folder, columns)
    unknown = sorted({row for fold in folds for row in fold.train + fold.test} - set(raw.index))
    if unknown:
        raise CrossfoldError(
            f"The folds name row {unknown[0]}, which is not among the training rows. The folds and"
            " the table are of different splits; run the split again."
        )
    classes = target.classes_of(raw, columns, task)
    weight = roles.weights(raw, columns)
    return Rows(
        raw=raw,
        features=table.features(raw, columns),
        target=pd.Series(target.numbers_of(raw, columns, task, classes), index=raw.index),
        weight=None if weight is None else pd.Series(weight, index=raw.index),
        classes=len(classes),
    )


def compare(
    rows: Rows, columns: Columns, folds: Sequence[Fold], batch: Batch, objective: Metric, code: Path
) -> Comparison:
    """Score every setting of the batch on every fold, twice. Folds may differ in width."""
    everything = Witness(columns.preprocessing())
    everything.fit_transform(rows.features, rows.target.to_numpy())
    scores = {setting.name: Score(setting.name, [], []) for setting in batch.settings}
    evidence, widths = [], []
    for fold in folds:
        honest, seen = _honest(rows, columns, fold)
        leaky = _fold_data(rows, fold, *(everything.transform(part) for part in _parts(rows, fold)))
        evidence.append(seen)
        widths.append(honest.train.features.shape[1])
        for setting in batch.settings:
            score, fit = scores[setting.name], Fit(setting, fold.fold)
            for found, data in ((score.honest, honest), (score.leaky, leaky)):
                result = run_fit(fit, data, [objective], batch.seed, code, batch.task)
                found.append(result.metrics[objective.name])
    return Comparison(list(scores.values()), evidence, widths)


def _honest(rows: Rows, columns: Columns, fold: Fold) -> tuple[FoldData, Evidence]:
    """The fold as the preprocess job of a run makes it."""
    train, test = _parts(rows, fold)
    table.refuse_all_missing(train, columns, f"in the training rows of fold {fold.fold}")
    witness = Witness(columns.preprocessing())
    x_train = witness.fit_transform(train, rows.target.loc[train.index].to_numpy())
    evidence = Evidence(
        fold=fold.fold,
        fitted_rows=witness.fitted_rows,
        fitted_hash=witness.fitted_hash,
        test_rows=len(test),
        test_hash=row_hash(test.index),
    )
    return _fold_data(rows, fold, x_train, witness.transform(test)), evidence


def _fold_data(rows: Rows, fold: Fold, x_train: np.ndarray, x_test: np.ndarray) -> FoldData:
    return FoldData(fold.fold, rows.classes, _part(rows, fold.train, x_train), _part(rows, fold.test, x_test))


def _part(rows: Rows, ids: Sequence[int], features: np.ndarray) -> Part:
    chosen = list(ids)
    part = Part(np.array(chosen), features, rows.target.loc[chosen].to_numpy())
    return part if rows.weight is None else replace(part, weight=rows.weight.loc[chosen].to_numpy())


def _parts(rows: Rows, fold: Fold) -> tuple[pd.DataFrame, pd.DataFrame]:
    return rows.features.loc[list(fold.train)], rows.features.loc[list(fold.test)]
