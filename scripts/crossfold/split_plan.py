"""How the rows are to be divided, and what a division looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossfold.failure import CrossfoldError
from crossfold.task import Task

SCHEMES = ("plain", "stratified", "group", "stratified-group", "time", "leave-one-group-out", "column")
BY_GROUP = ("group", "stratified-group", "leave-one-group-out")
STRATIFIED = ("stratified", "stratified-group")
WINDOWS = ("expanding", "sliding")
MOST_FOLDS = 500


@dataclass(frozen=True)
class SplitPlan:
    """The `split` of the pipeline file."""

    scheme: str
    folds: int
    holdout: float
    seed: int
    repeats: int = 1
    window: str = "expanding"
    gap: int = 0

    def check(self, task: Task) -> None:
        """Refuse numbers that no table can be divided by, and a scheme that needs classes where there are none."""
        if task == "regression" and self.scheme in STRATIFIED:
            raise CrossfoldError(
                f"`split.scheme: {self.scheme}` keeps the share of each class, and `task: regression` has none."
                f" Choose one of: {', '.join(scheme for scheme in SCHEMES if scheme not in STRATIFIED)}."
            )
        if self.folds < 2:
            raise CrossfoldError(f"Cross validation needs at least 2 folds; `split.folds` is {self.folds}.")
        if not 0 < self.holdout < 1:
            raise CrossfoldError(
                f"`split.holdout` is the share of rows held out, above 0 and below 1; it is {self.holdout}."
            )
        if self.repeats < 1 or self.gap < 0:
            raise CrossfoldError(
                f"`split.repeats` is at least 1 and `split.gap` at least 0; they are {self.repeats} and {self.gap}."
            )


@dataclass(frozen=True)
class SplitRows:
    """The table as a split sees it; each array has one entry a row, in the order of the data file."""

    target: np.ndarray  # class codes 0..n-1, or the numbers of a regression
    classes: tuple[str, ...]  # empty for a regression
    groups: np.ndarray | None = None  # codes 0..n-1
    times: np.ndarray | None = None  # ranks 0..n-1; equal times have one rank
    folds: np.ndarray | None = None  # the names in FOLD, as text

    def __len__(self) -> int:
        return len(self.target)

    def only(self, rows: np.ndarray) -> SplitRows:
        """The rows at these positions."""
        parts = (None if part is None else part[rows] for part in (self.groups, self.times, self.folds))
        return SplitRows(self.target[rows], self.classes, *parts)

    def group_codes(self) -> np.ndarray:
        return _named(self.groups, "GROUP", "the column that names each row's group")

    def time_ranks(self) -> np.ndarray:
        return _named(self.times, "TIME", "the column that dates each row")

    def fold_names(self) -> np.ndarray:
        return _named(self.folds, "FOLD", "the column that names each row's fold")


def _named(part: np.ndarray | None, variable: str, meaning: str) -> np.ndarray:
    if part is None:
        raise CrossfoldError(
            f"This `split.scheme` needs {variable}: set {variable} in preprocessing.py to {meaning},"
            " or choose another scheme."
        )
    return part
