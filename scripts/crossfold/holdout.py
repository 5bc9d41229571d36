"""Which rows are kept for the one final score, by the same rule as the folds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold, train_test_split

from crossfold import timeline
from crossfold.failure import CrossfoldError
from crossfold.split_plan import SplitPlan, SplitRows

NAME = "holdout"  # the value of FOLD that names the holdout's rows
FINEST = 100  # a stratified holdout of groups is made of this many parts at most


def take_holdout(plan: SplitPlan, rows: SplitRows) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the training rows and of the holdout; with a gap some rows are in neither."""
    try:
        return _take(plan, rows)
    except ValueError as error:
        raise CrossfoldError(
            f"A holdout of {plan.holdout} cannot be taken from {len(rows)} rows: {error} Change"
            " `split.holdout`, or add rows."
        ) from error


def take_sample(plan: SplitPlan, rows: SplitRows, share: float) -> np.ndarray:
    """Positions, ascending, of a share of the rows, taken as a holdout of that share would be."""
    try:
        _, taken = _take(replace(plan, holdout=share), rows)
    except ValueError as error:
        raise CrossfoldError(f"A sample of {share} cannot be taken from {len(rows)} rows: {error} Add rows.") from error
    return np.sort(taken)


def _take(plan: SplitPlan, rows: SplitRows) -> tuple[np.ndarray, np.ndarray]:
    if plan.scheme in ("group", "leave-one-group-out"):
        return _whole_groups(plan, rows)
    if plan.scheme == "stratified-group":
        return _stratified_groups(plan, rows)
    if plan.scheme == "time":
        return _latest(plan, rows)
    if plan.scheme == "column" and NAME in rows.fold_names():
        held = rows.fold_names() == NAME
        return np.flatnonzero(~held), np.flatnonzero(held)
    return _any_rows(plan, rows)


def _any_rows(plan: SplitPlan, rows: SplitRows) -> tuple[np.ndarray, np.ndarray]:
    stratified = plan.scheme == "stratified" or (plan.scheme == "column" and rows.classes)
    train, held = train_test_split(
        np.arange(len(rows)),
        test_size=plan.holdout,
        random_state=plan.seed,
        shuffle=True,
        stratify=rows.target if stratified else None,
    )
    return train, held


def _whole_groups(plan: SplitPlan, rows: SplitRows) -> tuple[np.ndarray, np.ndarray]:
    """The share counts groups, not rows: scikit-learn's GroupShuffleSplit."""
    splitter = GroupShuffleSplit(1, test_size=plan.holdout, random_state=plan.seed)
    return next(splitter.split(rows.target, groups=rows.group_codes()))


def _stratified_groups(plan: SplitPlan, rows: SplitRows) -> tuple[np.ndarray, np.ndarray]:
    """Some of the folds of a StratifiedGroupKFold: 3 of 10 for a share of 0.3."""
    groups = rows.group_codes()
    share = Fraction(plan.holdout).limit_denominator(min(FINEST, len(np.unique(groups))))
    if share in (0, 1):
        raise ValueError(f"{len(np.unique(groups))} groups are too few to hold out whole ones.")
    splitter = StratifiedGroupKFold(share.denominator, shuffle=True, random_state=plan.seed)
    folds = [test for _, test in splitter.split(rows.target, rows.target, groups)]
    held = np.concatenate(folds[: share.numerator])
    return np.setdiff1d(np.arange(len(rows)), held), held


def _latest(plan: SplitPlan, rows: SplitRows) -> tuple[np.ndarray, np.ndarray]:
    ranks = rows.time_ranks()
    order = timeline.in_order(ranks)
    train, held = timeline.latest_share(ranks[order], plan.holdout, plan.gap)
    return order[train], order[held]
