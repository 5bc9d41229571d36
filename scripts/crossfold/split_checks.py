"""What a division must have for its scores to mean anything: rows in every part, of every class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from crossfold.failure import CrossfoldError
from crossfold.split_plan import SplitPlan, SplitRows

_OTHER = "Take `split.scheme: stratified` (with groups: stratified-group)"


def check_counts(rows: SplitRows, least: int, reason: str) -> None:
    """Refuse a class with fewer than `least` rows."""
    counts = np.bincount(rows.target, minlength=len(rows.classes))
    smallest = int(np.argmin(counts))
    if counts[smallest] >= least:
        return
    hint = ""
    if len(rows.classes) > 20 and all(_is_number(label) for label in rows.classes):
        hint = f" The target has {len(rows.classes)} different numbers: to predict numbers, set `task: regression`."
    raise CrossfoldError(
        f"The class {rows.classes[smallest]!r} has {counts[smallest]} rows; {reason}. Lower"
        f" `split.folds`, merge the class with another, or add rows.{hint}"
    )


def check_holdout(plan: SplitPlan, held: SplitRows) -> None:
    """A holdout without a class would only fail at the very end of a run."""
    lacking = _lacking(held)
    if lacking is not None:
        raise CrossfoldError(
            f"A holdout of {plan.holdout} has no row of the class {lacking!r}. Raise `split.holdout`. {_OTHER}, or"
            " merge the class with another."
        )


def check_fold(number: int, train: SplitRows, test: SplitRows) -> None:
    """Only a stratified fold has every class by its making; without one no score would mean anything."""
    for part, rows in (("training", train), ("test", test)):
        if len(rows) == 0:
            raise CrossfoldError(
                f"Fold {number} has no {part} rows: too many rows share one value of TIME, or `split.gap` is too"
                " wide. Lower `split.folds` or `split.gap`."
            )
        lacking = _lacking(rows)
        if lacking is not None:
            raise CrossfoldError(
                f"Fold {number} has no {part} row of the class {lacking!r}. {_OTHER}, or lower `split.folds`."
            )


def check_weights(weights: np.ndarray, parts: Iterable[tuple[str, Sequence[int]]]) -> None:
    """Refuse a part (its name and rows) whose rows all weigh nothing: no fit and no score could come of it."""
    for name, rows in parts:
        if not weights[list(rows)].any():
            raise CrossfoldError(
                f"All weights of {name} are 0 (WEIGHT in preprocessing.py). Give its rows weights, lower"
                " `split.folds`, or choose another `split.scheme`."
            )


def _lacking(rows: SplitRows) -> str | None:
    """The first class that none of the rows has."""
    if not rows.classes:
        return None
    counts = np.bincount(rows.target, minlength=len(rows.classes))
    return rows.classes[int(np.argmin(counts))] if counts.min() == 0 else None


def _is_number(label: str) -> bool:
    try:
        float(label)
    except ValueError:
        return False
    return True
