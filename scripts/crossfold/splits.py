"""Which rows are the holdout, and which rows are each fold's training and test rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from crossfold.failure import CrossfoldError


@dataclass(frozen=True)
class Fold:
    """Row ids, ascending: what is fitted on and what is scored on."""

    fold: int
    train: tuple[int, ...]
    test: tuple[int, ...]


@dataclass(frozen=True)
class Split:
    rows: int
    holdout: tuple[int, ...]
    folds: tuple[Fold, ...]

    @property
    def train(self) -> tuple[int, ...]:
        """All rows but the holdout, ascending."""
        held = set(self.holdout)
        return tuple(row for row in range(self.rows) if row not in held)

    def to_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "holdout": list(self.holdout),
            "folds": [{"fold": fold.fold, "train": list(fold.train), "test": list(fold.test)} for fold in self.folds],
        }


def make_split(
    target: np.ndarray,
    classes: Sequence[str],
    *,
    folds: int,
    holdout: float,
    seed: int,
    stratify: bool,
) -> Split:
    """Take the holdout first, then K folds over the rest. `target` is encoded as 0..n-1."""
    _check_numbers(folds, holdout)
    everything = np.arange(len(target))
    if stratify:
        _check_counts(target, classes, 2, "the holdout and the folds both need rows of each class")
    try:
        rest, held = train_test_split(
            everything,
            test_size=holdout,
            random_state=seed,
            shuffle=True,
            stratify=target if stratify else None,
        )
    except ValueError as error:
        raise CrossfoldError(
            f"A holdout of {holdout} cannot be taken from {len(target)} rows of"
            f" {len(classes)} classes: {error} Change `split.holdout`, or add rows."
        ) from error
    rest, held = np.sort(rest), np.sort(held)
    _check_holdout(target[held], classes, holdout)
    if stratify:
        reason = f"{folds} stratified folds need at least {folds} after the holdout is taken"
        _check_counts(target[rest], classes, folds, reason)
        splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    else:
        if len(rest) < folds:
            raise CrossfoldError(
                f"{folds} folds need at least {folds} rows; {len(rest)} are left after the holdout"
                " is taken. Lower `split.folds`, or add rows."
            )
        splitter = KFold(folds, shuffle=True, random_state=seed)
    made = []
    for number, (train, test) in enumerate(splitter.split(rest, target[rest])):
        fold = Fold(number, _ids(rest[train]), _ids(rest[test]))
        _check_fold(fold, target, classes)
        made.append(fold)
    return Split(len(target), _ids(held), tuple(made))


def fold_from_json(value: Any, number: int) -> Fold:
    """One fold of folds.json."""
    for entry in value["folds"]:
        if entry["fold"] == number:
            return Fold(number, tuple(entry["train"]), tuple(entry["test"]))
    known = ", ".join(str(entry["fold"]) for entry in value["folds"])
    raise CrossfoldError(f"folds.json has no fold {number}; it has: {known}.")


def _ids(rows: np.ndarray) -> tuple[int, ...]:
    return tuple(int(row) for row in np.sort(rows))


def _check_numbers(folds: int, holdout: float) -> None:
    if folds < 2:
        raise CrossfoldError(f"Cross validation needs at least 2 folds; `split.folds` is {folds}.")
    if not 0 < holdout < 1:
        raise CrossfoldError(f"`split.holdout` is the share of rows held out, above 0 and below 1; it is {holdout}.")


def _check_counts(target: np.ndarray, classes: Sequence[str], least: int, reason: str) -> None:
    counts = np.bincount(target, minlength=len(classes))
    smallest = int(np.argmin(counts))
    if counts[smallest] >= least:
        return
    hint = ""
    if len(classes) > 20 and all(_is_number(label) for label in classes):
        hint = f" The target has {len(classes)} different numbers: only classes can be predicted."
    raise CrossfoldError(
        f"The class {classes[smallest]!r} has {counts[smallest]} rows; {reason}. Lower"
        f" `split.folds`, merge the class with another, or add rows.{hint}"
    )


def _check_holdout(target: np.ndarray, classes: Sequence[str], holdout: float) -> None:
    """A holdout without a class would only fail at the very end of a run."""
    counts = np.bincount(target, minlength=len(classes))
    if counts.min() == 0:
        raise CrossfoldError(
            f"A holdout of {holdout} has no row of the class"
            f" {classes[int(np.argmin(counts))]!r}. Raise `split.holdout`, set `split.stratify:"
            " true`, or merge the class with another."
        )


def _check_fold(fold: Fold, target: np.ndarray, classes: Sequence[str]) -> None:
    """Without stratification a part may lack a class; no score would mean anything."""
    for part, rows in (("training", fold.train), ("test", fold.test)):
        counts = np.bincount(target[list(rows)], minlength=len(classes))
        if counts.min() == 0:
            raise CrossfoldError(
                f"Fold {fold.fold} has no {part} row of the class"
                f" {classes[int(np.argmin(counts))]!r}. Set `split.stratify: true`, or lower"
                " `split.folds`."
            )


def _is_number(label: str) -> bool:
    try:
        float(label)
    except ValueError:
        return False
    return True
