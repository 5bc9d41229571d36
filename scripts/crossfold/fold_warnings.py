"""What lets a fold's training rows tell of its test rows: equal rows, shared groups, a later time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crossfold import roles, values
from crossfold.preprocessed import TrainingTable
from crossfold.splits import Fold

FIRST = 3  # examples that a warning names


def duplicates(rows: TrainingTable, folds: Sequence[Fold]) -> dict[str, Any]:
    """Test rows whose features stand in a training row as well: with the same target, and with another one.

    Counts by fold, and the first pairs of row ids (test, training). A row with twins of both kinds counts in both.
    """
    alike = pd.Series(_codes(rows.features.loc[:, list(rows.columns.features)]), index=rows.features.index)
    same, other = _Pairs(), _Pairs()
    for fold in folds:
        by_features: dict[int, dict[float, int]] = {}
        for row, features, truth in _triples(alike, rows.truth, fold.train):
            by_features.setdefault(features, {}).setdefault(truth, row)
        same.next_fold()
        other.next_fold()
        for row, features, truth in _triples(alike, rows.truth, fold.test):
            twins = by_features.get(features, {})
            if truth in twins:
                same.add(row, twins[truth])
            others = [twin for label, twin in twins.items() if label != truth]
            if others:
                other.add(row, min(others))
    return {"same": same.to_json(), "other": other.to_json()}


def split_groups(rows: TrainingTable, folds: Sequence[Fold]) -> dict[str, Any] | None:
    """Groups with training and test rows in one fold: how many by fold, and the first names. None without GROUP."""
    if rows.columns.group is None:
        return None
    codes = pd.Series(roles.groups(rows.raw, rows.columns.group, None), index=rows.raw.index)
    shared = [sorted(set(codes.loc[list(fold.train)]) & set(codes.loc[list(fold.test)])) for fold in folds]
    names = {code: values.category(name) for code, name in zip(codes, rows.raw[rows.columns.group], strict=True)}
    first = sorted({code for fold in shared for code in fold})[:FIRST]
    return {"counts": [len(fold) for fold in shared], "first": [names[code] for code in first]}


def backward_times(rows: TrainingTable, folds: Sequence[Fold]) -> list[float] | None:
    """The share of each fold's test rows that are earlier than its latest training row. None without TIME."""
    if rows.columns.time is None:
        return None
    ranks = pd.Series(roles.times(rows.raw, rows.columns.time, None), index=rows.raw.index)
    latest = [ranks.loc[list(fold.train)].max() for fold in folds]
    return [float(np.mean(ranks.loc[list(fold.test)] < last)) for fold, last in zip(folds, latest, strict=True)]


class _Pairs:
    """Counts by fold, and the first pairs of row ids."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.first: list[tuple[int, int]] = []

    def next_fold(self) -> None:
        self.counts.append(0)

    def add(self, test: int, train: int) -> None:
        self.counts[-1] += 1
        if len(self.first) < FIRST:
            self.first.append((test, train))

    def to_json(self) -> dict[str, Any]:
        return {"counts": self.counts, "first": self.first}


def _codes(features: pd.DataFrame) -> np.ndarray:
    """One number for each different row; missing values are equal to each other."""
    return features.groupby(list(features.columns), dropna=False, sort=False).ngroup().to_numpy()


def _triples(alike: pd.Series, truth: pd.Series, ids: Sequence[int]) -> list[tuple[int, int, float]]:
    chosen = list(ids)
    return list(zip(chosen, alike.loc[chosen].tolist(), truth.loc[chosen].tolist(), strict=True))
