"""Each way to divide rows keeps its promise: groups whole, time in order, names as given, one seed one split."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from jobs import JobFailed, Jobs, as_csv, preprocessing, read, small_table
from sklearn.model_selection import (
    GroupKFold,
    LeaveOneGroupOut,
    RepeatedKFold,
    RepeatedStratifiedKFold,
    StratifiedGroupKFold,
    TimeSeriesSplit,
)

ROWS = 120
Folds = dict[str, Any]


def table(extra: list[str], name: str = "g") -> str:
    """The small table with one more column."""
    head, *body = small_table(len(extra))
    return as_csv([[*head, name], *([*row, value] for row, value in zip(body, extra, strict=True))])


def split(jobs: Jobs, variable: str, extra: list[str], **changed: object) -> Folds:
    """The folds of a table whose last column has the role `variable`."""
    jobs.write_scripts({"preprocessing.py": preprocessing(extra=f"{variable} = 'g'")})
    return read(jobs.split(table(extra), **changed) / "folds.json")


def group_names(rows: int = ROWS, groups: int = 15) -> list[str]:
    return [f"k{n * 7 % groups}" for n in range(rows)]


@pytest.mark.parametrize("scheme", ["group", "stratified-group", "leave-one-group-out"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_group_is_on_both_sides(jobs: Jobs, scheme: str, seed: int) -> None:
    names = np.array(group_names())
    made = split(jobs, "GROUP", names.tolist(), scheme=scheme, seed=seed, holdout=0.3)
    train = sorted(set(range(ROWS)) - set(made["holdout"]))
    assert made["holdout"] and not set(names[made["holdout"]]) & set(names[train])
    for fold in made["folds"]:
        assert not set(names[fold["train"]]) & set(names[fold["test"]])
        assert sorted(fold["train"] + fold["test"]) == train
    assert Counter(row for fold in made["folds"] for row in fold["test"]) == Counter(train)
    count = len(set(names[train])) if scheme == "leave-one-group-out" else 5
    assert [fold["fold"] for fold in made["folds"]] == list(range(count))
    assert made == split(jobs, "GROUP", names.tolist(), scheme=scheme, seed=seed, holdout=0.3)


@pytest.mark.parametrize(
    ("scheme", "splitter"),
    [
        ("group", GroupKFold(5, shuffle=True, random_state=42)),
        ("stratified-group", StratifiedGroupKFold(5, shuffle=True, random_state=42)),
        ("leave-one-group-out", LeaveOneGroupOut()),
    ],
)
def test_folds_of_groups_are_scikit_learns(jobs: Jobs, scheme: str, splitter: Any) -> None:
    names = group_names()
    made = split(jobs, "GROUP", names, scheme=scheme)
    train = np.setdiff1d(np.arange(ROWS), made["holdout"])
    order = {name: code for code, name in enumerate(sorted(set(names)))}
    codes = np.array([order[names[row]] for row in train])
    target = np.array([(row // 2) % 2 for row in train])
    for fold, (_, test) in zip(made["folds"], splitter.split(train, target, codes), strict=True):
        assert fold["test"] == train[test].tolist()


@pytest.mark.parametrize(
    ("scheme", "splitter"),
    [
        ("plain", RepeatedKFold(n_splits=4, n_repeats=3, random_state=42)),
        ("stratified", RepeatedStratifiedKFold(n_splits=4, n_repeats=3, random_state=42)),
    ],
)
def test_repeats_are_scikit_learns_and_test_every_row_once_a_repeat(jobs: Jobs, scheme: str, splitter: Any) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    made = read(jobs.split(as_csv(small_table(ROWS)), scheme=scheme, folds=4, repeats=3) / "folds.json")
    train = np.setdiff1d(np.arange(ROWS), made["holdout"])
    assert [fold["fold"] for fold in made["folds"]] == list(range(12))
    target = np.array([(row // 2) % 2 for row in train])
    for fold, (_, test) in zip(made["folds"], splitter.split(train, target), strict=True):
        assert fold["test"] == train[test].tolist()
    for repeat in range(3):
        tested = [row for fold in made["folds"][4 * repeat : 4 * repeat + 4] for row in fold["test"]]
        assert sorted(tested) == train.tolist()


def stamps(ranks: np.ndarray) -> list[str]:
    """A day a rank, from 2026-01-01 on."""
    return [str(np.datetime64("2026-01-01") + int(rank)) for rank in ranks]


@pytest.mark.parametrize("gap", [0, 5])
@pytest.mark.parametrize("window", ["expanding", "sliding"])
def test_distinct_times_are_split_as_by_scikit_learn(jobs: Jobs, window: str, gap: int) -> None:
    ranks = np.random.default_rng(1).permutation(ROWS)
    made = split(jobs, "TIME", stamps(ranks), scheme="time", window=window, gap=gap, folds=4)
    order = np.argsort(ranks)
    assert made["holdout"] == sorted(order[-24:].tolist())
    assert made["gap"] == sorted(order[ROWS - 24 - gap : ROWS - 24].tolist())
    rest = order[: ROWS - 24 - gap]
    first = len(rest) - 4 * (len(rest) // 5) - gap
    splitter = TimeSeriesSplit(4, gap=gap, max_train_size=first if window == "sliding" else None)
    for fold, (train, test) in zip(made["folds"], splitter.split(rest), strict=True):
        assert (fold["train"], fold["test"]) == (sorted(rest[train].tolist()), sorted(rest[test].tolist()))
        assert window == "expanding" or len(fold["train"]) == first


def zoned(ranks: np.ndarray) -> list[str]:
    """An hour a rank, told in one of three zones."""
    return [f"2026-03-02T{rank + rank % 3:02}:15:00+0{rank % 3}:00" for rank in ranks]


def numbers(ranks: np.ndarray) -> list[str]:
    return [f"{rank}.5" for rank in ranks]


@pytest.mark.parametrize("write", [stamps, zoned, numbers])
@pytest.mark.parametrize("gap", [0, 6])
def test_rows_of_one_time_are_on_one_side_and_later_than_what_is_fitted_on(jobs: Jobs, write: Any, gap: int) -> None:
    ranks = np.random.default_rng(2).integers(0, 21, ROWS)
    made = split(jobs, "TIME", write(ranks), scheme="time", gap=gap, folds=4)
    rest = [row for row in range(ROWS) if row not in {*made["holdout"], *made["gap"]}]
    everything = [*made["folds"], {"train": rest, "test": made["holdout"]}]
    for fold in everything:
        last, first = ranks[fold["train"]].max(), ranks[fold["test"]].min()
        assert last < first
        between = np.flatnonzero((ranks > last) & (ranks < first))
        assert len(between) >= gap
    tests = [set(fold["test"]) for fold in made["folds"]]
    assert sum(map(len, tests)) == len(set.union(*tests))
    for earlier, later in pairwise(tests):
        assert ranks[list(earlier)].max() < ranks[list(later)].min()


def test_a_column_names_the_folds_and_the_holdout(jobs: Jobs) -> None:
    names = ["holdout" if n < 20 else ("10", "9", "2.0")[n % 3] for n in range(ROWS)]
    made = split(jobs, "FOLD", names, scheme="column", folds=5)
    assert made["holdout"] == list(range(20))
    assert [fold["test"] for fold in made["folds"]] == [
        [n for n in range(ROWS) if names[n] == name] for name in ("2.0", "9", "10")
    ]
    without = split(jobs, "FOLD", ["10" if n % 3 else "9" for n in range(ROWS)], scheme="column")
    assert len(without["holdout"]) == ROWS / 5 and len(without["folds"]) == 2
    labels = [n // 2 % 2 for n in without["holdout"]]
    assert sum(labels) == len(labels) / 2


def test_a_role_is_carried_along_and_is_no_feature_unless_named_as_one(jobs: Jobs) -> None:
    made = split(jobs, "GROUP", group_names(), scheme="group")
    assert made["rows"] == ROWS
    source = preprocessing(categorical=["c", "g"], extra="GROUP = 'g'")
    jobs.write_scripts({"preprocessing.py": source})
    folder = jobs.split(table(group_names()), scheme="group")
    as_feature = read(jobs.preprocess(folder, 0) / "result.json")["features"]
    jobs.write_scripts({"preprocessing.py": source.replace("['c', 'g']", "['c']")})
    assert read(jobs.preprocess(jobs.split(table(group_names()), scheme="group"), 0) / "result.json")["features"] == 3
    assert as_feature > 3


DAYS = [f"2026-01-{n % 28 + 1:02}" for n in range(60)]
REFUSED: dict[str, tuple[str, list[str], dict[str, object], str]] = {
    "no GROUP": ("TIME", DAYS, {"scheme": "group"}, "needs GROUP: set GROUP in preprocessing.py"),
    "no TIME": ("GROUP", DAYS, {"scheme": "time"}, "needs TIME: set TIME in preprocessing.py"),
    "no FOLD": ("GROUP", DAYS, {"scheme": "column"}, "needs FOLD: set FOLD in preprocessing.py"),
    "few groups": ("GROUP", group_names(60, 5), {"scheme": "group"}, "at least 5 groups in GROUP; 4 are left for them"),
    "one group": ("GROUP", ["a"] * 60, {"scheme": "group"}, r"holdout of 0.2 cannot be taken.*`split.holdout`"),
    "one stratified group": ("GROUP", ["a"] * 60, {"scheme": "stratified-group"}, "1 groups are too few"),
    "one fold": ("FOLD", ["a"] * 60, {"scheme": "column"}, "at least 2 folds in FOLD; 1 are left for them"),
    "a class missing in a group": (
        "GROUP",
        [f"k{n // 2 % 2 + n // 15 * 2}" for n in range(60)],
        {"scheme": "leave-one-group-out"},
        r"(Fold \d|holdout) .*row of the class '(no|yes)'.*stratified-group",
    ),
    "missing group": (
        "GROUP",
        ["a", "", *"bc" * 29],
        {"scheme": "group"},
        r"'g' \(GROUP .* 1 of 60 rows, first in row 1 \(line 3\)",
    ),
    "missing time": ("TIME", [*DAYS[:59], "NA"], {"scheme": "time"}, r"'g' \(TIME .* row 59 \(line 61\)"),
    "no time": ("TIME", [*DAYS[:59], "31.12.2026"], {"scheme": "time"}, r"Row 59 \(line 61\).*'31.12.2026' is neither"),
    "one time": ("TIME", ["7"] * 60, {"scheme": "time"}, "more than the 0 rows that are left for them"),
    "wide gap": ("TIME", [str(n) for n in range(60)], {"scheme": "time", "gap": 40}, "gap of 40 rows need more than"),
    "too many folds": (
        "FOLD",
        [str(n // 2) for n in range(1100)],
        {"scheme": "column", "holdout": 0.01},
        "at most 500",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_divided_is_named(jobs: Jobs, case: str) -> None:
    variable, extra, changed, expected = REFUSED[case]
    with pytest.raises(JobFailed, match=expected):
        split(jobs, variable, extra, **changed)


LATER: dict[str, tuple[str, list[str], dict[str, object], str]] = {
    "groups within a fold": (
        "GROUP",
        group_names(60, 6),
        {"scheme": "group", "folds": 4, "estimate": "nested"},
        r"`estimate: nested` .*fold \d.*at least 4 groups in GROUP; 3 are left for them.*leave out `estimate: nested`",
    ),
    "a gap within a fold": (
        "TIME",
        [str(n) for n in range(60)],
        {"scheme": "time", "gap": 5, "folds": 3, "estimate": "nested"},
        r"`estimate: nested` .*fold 0.*a gap of 5 rows need more than the \d rows that are left for them",
    ),
    "names within a fold": (
        "FOLD",
        ["a", "b"] * 30,
        {"scheme": "column", "estimate": "nested"},
        r"`estimate: nested` .*fold 0.*at least 2 folds in FOLD; 1 are left for them",
    ),
    "groups in a sample": (
        "GROUP",
        group_names(60, 10),
        {"scheme": "group", "folds": 4, "tuning-sample": 0.3},
        r"`tuning.sample: 0.3` .*at least 4 groups in GROUP; 3 are left for them.*raise `tuning.sample`",
    ),
    "a class in a sample": (
        "GROUP",
        ["a"] * 60,
        {"folds": 5, "tuning-sample": 0.1},
        r"`tuning.sample: 0.1` .*class '(no|yes)' has \d rows.*raise `tuning.sample`",
    ),
    "a sample of too few rows": (
        "GROUP",
        ["a"] * 60,
        {"tuning-sample": 0.01},
        r"A sample of 0.01 cannot be taken from 48 rows.*raise `tuning.sample`",
    ),
    "groups in a sample within a fold": (
        "GROUP",
        group_names(126, 18),
        {"scheme": "group", "folds": 4, "tuning-sample": 0.3, "estimate": "nested"},
        r"`estimate: nested` .*fold \d, and `tuning.sample: 0.3` .*at least 4 groups in GROUP; 3 are left for them",
    ),
}


@pytest.mark.parametrize("case", LATER)
def test_what_later_steps_could_not_divide_is_named_by_the_first_split(jobs: Jobs, case: str) -> None:
    variable, extra, changed, expected = LATER[case]
    with pytest.raises(JobFailed, match=expected):
        split(jobs, variable, extra, **changed)
    assert split(jobs, variable, extra, **{k: v for k, v in changed.items() if k not in ("estimate", "tuning-sample")})


def test_later_splits_change_nothing_of_the_first(jobs: Jobs) -> None:
    plain = split(jobs, "GROUP", group_names(), scheme="group")
    assert plain == split(jobs, "GROUP", group_names(), scheme="group", estimate="nested", **{"tuning-sample": 0.6})


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("GROUP = 'y'", "GROUP to the target 'y'"),
        ("TIME = ['t']", r"TIME in preprocessing.py has to be the name of a column.*\['t'\]"),
        ("FOLD = 'h'", "'h', which table.csv does not have. It has: x, c, y"),
    ],
)
def test_a_wrong_role_is_named(jobs: Jobs, extra: str, expected: str) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing(extra=extra)})
    with pytest.raises(JobFailed, match=expected):
        jobs.split(as_csv(small_table()))
