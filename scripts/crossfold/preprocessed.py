"""One fold, preprocessed: fitted on its training rows alone, with the evidence of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from crossfold import paths, roles, table, target
from crossfold.columns import Columns
from crossfold.evidence import Evidence, Witness
from crossfold.failure import CrossfoldError
from crossfold.files import read_json
from crossfold.fold_tables import FoldData, Part
from crossfold.rows import row_hash
from crossfold.splits import Fold
from crossfold.task import Task


@dataclass(frozen=True)
class TrainingTable:
    """The rows of the cross validation, indexed by row id: raw text, features, the target as numbers, any weights."""

    columns: Columns
    raw: pd.DataFrame
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
            raw=raw,
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

    def parts(self, fold: Fold) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The features of the fold's training and of its test rows."""
        return self.features.loc[list(fold.train)], self.features.loc[list(fold.test)]

    def positions(self, fold: Fold) -> tuple[np.ndarray, np.ndarray]:
        """Where in the table the fold's training and its test rows are, as scikit-learn's `cv` names them."""
        at = self.features.index.get_indexer
        return at(list(fold.train)), at(list(fold.test))

    def fold_data(self, fold: Fold, x_train: np.ndarray, x_test: np.ndarray, witness: Witness) -> FoldData:
        """The fold, with its features as the preprocessing of this witness made them."""
        train, test = self._part(fold.train, x_train), self._part(fold.test, x_test)
        return FoldData(fold.fold, self.classes, train, test, witness.fitted_hash)

    def _part(self, ids: Sequence[int], features: np.ndarray) -> Part:
        rows = list(ids)
        weight = None if self.weights is None else self.weights.loc[rows].to_numpy()
        return Part(np.array(rows), features, self.truth.loc[rows].to_numpy(), weight)


def read_training_rows(columns: Columns, task: Task) -> tuple[TrainingTable, Any]:
    """What a training job that preprocesses by itself has in its channels: the rows, and folds.json."""
    rows = TrainingTable.of(table.read(paths.channel("table"), columns), columns, task)
    return rows, read_json(paths.channel("folds") / "folds.json")


@dataclass(frozen=True)
class Preprocessed:
    data: FoldData
    transformer: Any
    evidence: Evidence


def preprocess(rows: TrainingTable, fold: Fold) -> Preprocessed:
    """Fit the pipeline's preprocessing on the fold's training rows, and apply it to both parts. One thread."""
    rows.refuse_unknown(fold)
    train, test = rows.parts(fold)
    witness = Witness(rows.columns.preprocessing())
    with threadpool_limits(1):
        x_train = witness.fit_transform(train, rows.truth.loc[train.index].to_numpy())
        x_test = witness.transform(test)
    evidence = Evidence(
        fold=fold.fold,
        fitted_rows=witness.fitted_rows,
        fitted_hash=witness.fitted_hash,
        test_rows=len(test),
        test_hash=row_hash(test.index),
    )
    return Preprocessed(rows.fold_data(fold, x_train, x_test, witness), witness.transformer, evidence)
