"""Which rows are the holdout, and which rows are each fold's training and test rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossfold.failure import CrossfoldError
from crossfold.holdout import take_holdout, take_sample
from crossfold.split_checks import check_counts, check_fold, check_holdout
from crossfold.split_plan import SplitPlan, SplitRows
from crossfold.splitters import Parts, folds_of


@dataclass(frozen=True)
class Fold:
    """Row ids, ascending: what is fitted on and what is scored on."""

    fold: int
    train: tuple[int, ...]
    test: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """A part of the training rows; by default all of them.

    within: those of this fold alone; what its test rows are to be told by may not see them.
    sample: this share of them, taken as a holdout of that share would be.
    """

    within: int | None = None
    sample: float | None = None


@dataclass(frozen=True)
class Split:
    """Row ids, ascending. `gap` are rows between training and holdout that nothing is fitted or scored on."""

    rows: int
    holdout: tuple[int, ...]
    folds: tuple[Fold, ...]
    gap: tuple[int, ...] = ()

    @property
    def train(self) -> tuple[int, ...]:
        """All rows but the holdout and the gap before it, ascending."""
        apart = {*self.holdout, *self.gap}
        return tuple(row for row in range(self.rows) if row not in apart)

    def parts(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """All that something is fitted or scored on, by name."""
        if self.holdout:
            yield "the holdout", self.holdout
        for fold in self.folds:
            yield f"the training rows of fold {fold.fold}", fold.train
            yield f"the test rows of fold {fold.fold}", fold.test

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "holdout": list(self.holdout),
            "gap": list(self.gap),
            "folds": [{"fold": fold.fold, "train": list(fold.train), "test": list(fold.test)} for fold in self.folds],
        }


def make_split(plan: SplitPlan, rows: SplitRows) -> Split:
    """Take the holdout first, then the folds over the rest. Row ids are positions in `rows`."""
    plan.check("classification" if rows.classes else "regression")
    if plan.scheme == "stratified":
        check_counts(rows, 2, "the holdout and the folds both need rows of each class")
    train, held = (np.sort(part) for part in take_holdout(plan, rows))
    check_holdout(plan, rows.only(held))
    reason = f"{plan.folds} stratified folds need at least {plan.folds} after the holdout is taken"
    folds = _folds(divide(plan, rows, train, reason))
    gap = set(range(len(rows))).difference(train.tolist(), held.tolist())
    return Split(len(rows), _ids(held), folds, _ids(gap))


def split_of(plan: SplitPlan, rows: SplitRows, part: Part) -> Split:
    """The split of all rows, or folds over a part of its training rows."""
    whole = make_split(plan, rows)
    if part == Part():
        return whole
    train = rows_of(plan, rows, whole, part)
    rest = set(range(len(rows))).difference(train.tolist())
    return Split(len(rows), (), _folds(divide_part(plan, rows, train)), _ids(rest))


def rows_of(plan: SplitPlan, rows: SplitRows, whole: Split, part: Part) -> np.ndarray:
    """The row ids of a part, ascending."""
    train = np.array(whole.train if part.within is None else _fold(whole, part.within).train)
    return train if part.sample is None else train[take_sample(plan, rows.only(train), part.sample)]


def divide_part(plan: SplitPlan, rows: SplitRows, train: np.ndarray) -> list[Parts]:
    """Training and test rows of each fold over a part of the training rows, as row ids."""
    return divide(plan, rows, train, f"{plan.folds} stratified folds of {len(train)} rows need {plan.folds}")


def divide(plan: SplitPlan, rows: SplitRows, train: np.ndarray, reason: str) -> list[Parts]:
    """Training and test rows of each fold over these row ids, as row ids.

    reason: why a class with too few rows is refused.
    """
    part = rows.only(train)
    if plan.scheme == "stratified":
        check_counts(part, plan.folds, reason)
    divided = folds_of(plan, part)
    for number, (fitted, tested) in enumerate(divided):
        check_fold(number, part.only(fitted), part.only(tested))
    return [(train[fitted], train[tested]) for fitted, tested in divided]


def _fold(split: Split, number: int) -> Fold:
    if number >= len(split.folds):
        raise CrossfoldError(f"There is no fold {number} to split; there are {len(split.folds)}.")
    return split.folds[number]


def _folds(divided: Iterable[Parts]) -> tuple[Fold, ...]:
    return tuple(Fold(number, _ids(train), _ids(test)) for number, (train, test) in enumerate(divided))


def fold_from_json(value: Any, number: int) -> Fold:
    """One fold of folds.json."""
    for entry in value["folds"]:
        if entry["fold"] == number:
            return Fold(number, tuple(entry["train"]), tuple(entry["test"]))
    known = ", ".join(str(entry["fold"]) for entry in value["folds"])
    raise CrossfoldError(f"folds.json has no fold {number}; it has: {known}.")


def _ids(rows: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(int(row) for row in rows))
