"""The folds of the training rows, by scikit-learn's splitters; one function answers for all schemes."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    PredefinedSplit,
    RepeatedKFold,
    RepeatedStratifiedKFold,
    StratifiedGroupKFold,
    StratifiedKFold,
)

from crossfold import timeline, values
from crossfold.failure import CrossfoldError
from crossfold.split_plan import BY_GROUP, MOST_FOLDS, SplitPlan, SplitRows

Parts = tuple[np.ndarray, np.ndarray]  # positions of the training and of the test rows


def folds_of(plan: SplitPlan, rows: SplitRows) -> list[Parts]:
    """Training and test rows of each fold, as positions in `rows` (the rows without the holdout).

    Repeats come one after another: fold k of repeat r is number r * folds + k.
    """
    if plan.scheme == "time":
        ranks = rows.time_ranks()
        order = timeline.in_order(ranks)
        return [(order[train], order[test]) for train, test in timeline.time_folds(ranks[order], plan)]
    groups = rows.group_codes() if plan.scheme in BY_GROUP else None
    _refuse_numbers(plan, rows, groups)
    return list(_splitter(plan, rows).split(rows.target, rows.target, groups))


def _splitter(plan: SplitPlan, rows: SplitRows) -> Any:
    folds, repeats, seed = plan.folds, plan.repeats, plan.seed
    if plan.scheme == "stratified":
        if repeats > 1:
            return RepeatedStratifiedKFold(n_splits=folds, n_repeats=repeats, random_state=seed)
        return StratifiedKFold(folds, shuffle=True, random_state=seed)
    if plan.scheme == "group":
        return GroupKFold(folds, shuffle=True, random_state=seed)
    if plan.scheme == "stratified-group":
        return StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    if plan.scheme == "leave-one-group-out":
        return LeaveOneGroupOut()
    if plan.scheme == "column":
        return PredefinedSplit(_fold_numbers(rows.fold_names()))
    if repeats > 1:
        return RepeatedKFold(n_splits=folds, n_repeats=repeats, random_state=seed)
    return KFold(folds, shuffle=True, random_state=seed)


def _fold_numbers(names: np.ndarray) -> np.ndarray:
    """The names of the folds as 0..n-1: by value where all are numbers, else as text."""
    order = {name: number for number, name in enumerate(values.label_order(set(names)))}
    return np.array([order[name] for name in names])


def _refuse_numbers(plan: SplitPlan, rows: SplitRows, groups: np.ndarray | None) -> None:
    """Refuse too few rows, groups or names for the folds, and more folds than a run can carry."""
    one_each = {"leave-one-group-out": groups, "column": rows.folds}.get(plan.scheme)
    number = plan.folds * plan.repeats if one_each is None else len(set(one_each))
    if groups is not None:
        least = plan.folds if one_each is None else 2
        _refuse_few(plan, len(set(groups)), least, "groups in GROUP")
    elif one_each is not None:
        _refuse_few(plan, number, 2, "folds in FOLD")
    else:
        _refuse_few(plan, len(rows), plan.folds, "rows")
    if number > MOST_FOLDS:
        raise CrossfoldError(
            f"`split.scheme: {plan.scheme}` makes {number} folds here; at most {MOST_FOLDS} are allowed. Lower"
            " `split.repeats`, or put more rows into one fold: with many groups take `split.scheme: group`."
        )


def _refuse_few(plan: SplitPlan, found: int, least: int, what: str) -> None:
    if found < least:
        raise CrossfoldError(
            f"The folds of `split.scheme: {plan.scheme}` need at least {least} {what}; {found} are left for them."
            " Lower `split.folds` or `split.holdout`, choose another scheme, or add rows."
        )
