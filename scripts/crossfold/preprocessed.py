"""One fold, preprocessed: fitted on its training rows alone, with the evidence of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from crossfold import roles, table, target
from crossfold.columns import Columns
from crossfold.evidence import Evidence, Witness
from crossfold.failure import CrossfoldError
from crossfold.fold_tables import FoldData, Part
from crossfold.rows import row_hash
from crossfold.splits import Fold
from crossfold.task import Task


@dataclass(frozen=True)
class TrainingTable:
    """The rows of the cross validation: features by row, the target as numbers, weights where there are any."""

    columns: Columns
    features: pd.DataFrame
    truth: pd.Series
    weights: pd.Series | None
    classes: int  # 0 for a regression

    @classmethod
    def of(cls, raw: pd.DataFrame, columns: Columns, task: Task) -> TrainingTable:
        """From the table that the split wrote."""
        classes = target.classes_of(raw, columns, task)
        weight = roles.weights(raw, columns)
        return cls(
            columns=columns,
            features=table.features(raw, columns),
            truth=pd.Series(target.numbers_of(raw, columns, task, classes), index=raw.index),
            weights=None if weight is None else pd.Series(weight, index=raw.index),
            classes=len(classes),
        )

    def refuse_unknown(self, fold: Fold) -> None:
        """Refuse a fold that names rows of another table, or has a feature without a value to learn from."""
        unknown = sorted(set(fold.train + fold.test) - set(self.features.index))
        if unknown:
            raise CrossfoldError(
                f"Fold {fold.fold} names row {unknown[0]}, which is not among the training rows. The"
                " folds and the table are of different splits; run the split again."
            )
        train = self.features.loc[list(fold.train)]
        table.refuse_all_missing(train, self.columns, f"in the training rows of fold {fold.fold}")


@dataclass(frozen=True)
class Preprocessed:
    data: FoldData
    transformer: Any
    evidence: Evidence


def preprocess(rows: TrainingTable, fold: Fold) -> Preprocessed:
    """Fit the pipeline's preprocessing on the fold's training rows, and apply it to both parts. One thread."""
    rows.refuse_unknown(fold)
    train, test = list(fold.train), list(fold.test)
    witness = Witness(rows.columns.preprocessing())
    with threadpool_limits(1):
        x_train = witness.fit_transform(rows.features.loc[train], rows.truth.loc[train].to_numpy())
        x_test = witness.transform(rows.features.loc[test])
    evidence = Evidence(
        fold=fold.fold,
        fitted_rows=witness.fitted_rows,
        fitted_hash=witness.fitted_hash,
        test_rows=len(test),
        test_hash=row_hash(test),
    )
    data = FoldData(fold.fold, rows.classes, _part(rows, train, x_train), _part(rows, test, x_test))
    return Preprocessed(data, witness.transformer, evidence)


def _part(table_rows: TrainingTable, rows: list[int], features: np.ndarray) -> Part:
    weights = table_rows.weights
    weight = None if weights is None else weights.loc[rows].to_numpy()
    return Part(np.array(rows), features, table_rows.truth.loc[rows].to_numpy(), weight)
