"""How well each feature alone predicts the target, cross-validated over the pipeline's own folds.

A number is read by a small decision tree, a category by the target's mean in the training rows that
have it. Scored over the test rows of all folds together, as one fold may be one row: ROC AUC (of more
classes the mean of one against the rest), R² for a regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeRegressor

from crossfold.preprocessed import TrainingTable
from crossfold.splits import Fold
from crossfold.standard_metrics import METRICS

DEPTH = 4


def scores(rows: TrainingTable, folds: Sequence[Fold]) -> list[dict[str, Any]]:
    """Each feature with its score, in the order of preprocessing.py."""
    return [{"feature": name, "score": _score(rows, name, folds)} for name in rows.columns.features]


def _score(rows: TrainingTable, feature: str, folds: Sequence[Fold]) -> float:
    predict = _by_number if feature in rows.columns.numeric else _by_category
    truths, predictions = [], []
    for fold in folds:
        train, test = list(fold.train), list(fold.test)
        column = rows.features[feature]
        aims = _aims(rows.truth.loc[train].to_numpy(), rows.classes)
        predictions.append(predict(column.loc[train], aims, column.loc[test]))
        truths.append(rows.truth.loc[test].to_numpy())
    truth, given = np.concatenate(truths), np.concatenate(predictions)
    if rows.classes == 0:
        return float(METRICS["r2"].function(truth, given[:, 0], 0, None))
    # Means of 0 and 1 are probabilities; that they add up to 1 is lost in their last bits.
    return float(METRICS["roc_auc"].function(truth, given / given.sum(axis=1, keepdims=True), rows.classes, None))


def _aims(truth: np.ndarray, classes: int) -> np.ndarray:
    """What is averaged: the number itself, or one column of 0 and 1 for each class."""
    return truth[:, None] if classes == 0 else np.eye(classes)[truth]


def _by_number(train: pd.Series, aims: np.ndarray, test: pd.Series) -> np.ndarray:
    tree = DecisionTreeRegressor(max_depth=DEPTH, random_state=0)
    tree.fit(train.to_numpy()[:, None], aims)
    return tree.predict(test.to_numpy()[:, None]).reshape(len(test), aims.shape[1])


def _by_category(train: pd.Series, aims: np.ndarray, test: pd.Series) -> np.ndarray:
    """A category that no training row has is given the mean of all."""
    codes, known = pd.factorize(train, use_na_sentinel=False)
    means = pd.DataFrame(aims).groupby(codes).mean().to_numpy()
    places = pd.Index(known).get_indexer(test)
    return np.where(places[:, None] >= 0, means[places], aims.mean(axis=0))
