"""Dividing rows by time: train on the earlier, test on the later.

All functions work on positions in time order. Rows of one time have no order among themselves, so
no boundary may fall between them: it moves back to the first of them.
"""

from __future__ import annotations

import math

import numpy as np
from sklearn.model_selection import TimeSeriesSplit

from crossfold.failure import CrossfoldError
from crossfold.split_plan import SplitPlan


def in_order(ranks: np.ndarray) -> np.ndarray:
    """The positions of the rows, earliest first; rows of one time in the order of the file."""
    return np.argsort(ranks, kind="stable")


def latest_share(ranks: np.ndarray, share: float, gap: int) -> tuple[slice, slice]:
    """Training rows and holdout: the latest `share` of the rows, after `gap` rows that are in neither.

    `ranks` ascend. The holdout is rounded up to whole rows, as scikit-learn's train_test_split does.
    """
    start = _boundary(ranks, len(ranks) - math.ceil(len(ranks) * share))
    return slice(0, _boundary(ranks, start - gap)), slice(start, len(ranks))


def time_folds(ranks: np.ndarray, plan: SplitPlan) -> list[tuple[slice, slice]]:
    """Training and test rows of each fold: scikit-learn's TimeSeriesSplit, at boundaries between times.

    `ranks` ascend. A sliding window trains every fold on as many rows as the first fold has.
    """
    rows = len(ranks)
    first = rows - plan.folds * (rows // (plan.folds + 1)) - plan.gap
    if first < 1 or rows <= plan.folds:
        raise CrossfoldError(
            f"{plan.folds} folds in time with a gap of {plan.gap} rows need more than the {rows} rows that are left"
            " for them. Lower `split.folds` or `split.gap`, or add rows."
        )
    window = first if plan.window == "sliding" else None
    splitter = TimeSeriesSplit(plan.folds, max_train_size=window, gap=plan.gap)
    folds = []
    for train, test in splitter.split(ranks):
        start, end = _boundary(ranks, test[0]), _boundary(ranks, test[-1] + 1)
        folds.append((slice(_boundary(ranks, train[0]), _boundary(ranks, start - plan.gap)), slice(start, end)))
    return folds


def _boundary(ranks: np.ndarray, at: int) -> int:
    """The nearest position at or before `at` where a new time begins."""
    if at <= 0 or at >= len(ranks):
        return min(max(at, 0), len(ranks))
    return int(np.searchsorted(ranks, ranks[at], side="left"))
