"""The leak check's warnings, each on a made-up table that deserves it, and on one that does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from jobs import Jobs, as_csv, preprocessing, read

LOGISTIC = {"base": {"algorithm": "logistic_regression", "hyperparameters": {}}}


def made_up(rows: int = 60, **columns: Sequence[object]) -> str:
    """A table in which x and c tell little of y; more columns as given, each row once."""
    random = np.random.default_rng(3)
    table: dict[str, Sequence[object]] = {
        "x": [f"{value:.6f}" for value in random.normal(size=rows)],
        "c": random.choice(["a", "b"], rows).tolist(),
        "y": ["no", "yes"] * (rows // 2),
        **columns,
    }
    return as_csv([list(table), *([str(value) for value in row] for row in zip(*table.values(), strict=True))])


def check_made_up(jobs: Jobs, data: str, scripts: str | None = None, **split: object) -> tuple[Any, Any]:
    """Check a table of a test; the result and the folds."""
    jobs.write_scripts({"preprocessing.py": scripts or preprocessing()})
    made = jobs.split(data, **{"folds": 3, "metrics": "roc_auc", **split})
    return jobs.leak_check(made, LOGISTIC), read(made / "folds.json")["folds"]


def test_a_clean_table_has_no_warning(jobs: Jobs) -> None:
    result, _ = check_made_up(jobs, made_up())
    assert result["duplicates"] == {
        "same": {"counts": [0, 0, 0], "first": []},
        "other": {"counts": [0, 0, 0], "first": []},
    }
    assert result["groups"] is None
    assert result["times"] is None
    assert len(set(result["widths"])) == 1
    assert all(each["score"] < 0.9 for each in result["features"])


def test_duplicates_on_both_sides_of_a_fold(jobs: Jobs) -> None:
    """Few different rows, some with both targets, some values missing: as counted pair by pair."""
    x = ["" if n % 7 == 0 else str(n % 19) for n in range(60)]
    c = ["ab"[n % 5 % 2] for n in range(60)]
    y = ["no" if n % 3 else "yes" for n in range(60)]
    result, folds = check_made_up(jobs, made_up(x=x, c=c, y=y))
    for kind, alike in (("same", True), ("other", False)):
        pairs = [
            [
                (test, train)
                for test in fold["test"]
                for train in fold["train"]
                if (x[test], c[test]) == (x[train], c[train]) and (y[test] == y[train]) is alike
            ]
            for fold in folds
        ]
        expected = [len({test for test, _ in fold}) for fold in pairs]
        assert min(expected) > 0
        assert expected != [len(fold["test"]) for fold in folds]
        assert result["duplicates"][kind]["counts"] == expected
        first = [tuple(pair) for pair in result["duplicates"][kind]["first"]]
        assert len(first) == 3
        assert set(first) <= {pair for fold in pairs for pair in fold}


def test_groups_that_a_fold_splits(jobs: Jobs) -> None:
    groups = [f"g{n // 6}" for n in range(60)]
    scripts = preprocessing(extra='GROUP = "who"')
    result, folds = check_made_up(jobs, made_up(who=groups), scripts)
    expected = [len({groups[n] for n in fold["train"]} & {groups[n] for n in fold["test"]}) for fold in folds]
    assert min(expected) > 0
    assert result["groups"]["counts"] == expected
    assert result["groups"]["first"] == ["g0", "g1", "g2"]


def test_groups_that_stay_together(jobs: Jobs) -> None:
    groups = [f"g{n // 6}" for n in range(60)]
    result, _ = check_made_up(jobs, made_up(who=groups), preprocessing(extra='GROUP = "who"'), scheme="group")
    assert result["groups"] == {"counts": [0, 0, 0], "first": []}


def test_time_that_goes_backwards(jobs: Jobs) -> None:
    days = [f"2026-01-{1 + n // 2:02}" for n in range(60)]
    result, folds = check_made_up(jobs, made_up(day=days), preprocessing(extra='TIME = "day"'))
    latest = [max(days[n] for n in fold["train"]) for fold in folds]
    expected = [np.mean([days[n] < last for n in fold["test"]]) for fold, last in zip(folds, latest, strict=True)]
    assert min(expected) > 0.5
    assert result["times"] == pytest.approx(expected)


def test_time_that_goes_forwards(jobs: Jobs) -> None:
    days = [f"2026-01-{1 + n // 2:02}" for n in range(60)]
    result, _ = check_made_up(jobs, made_up(day=days), preprocessing(extra='TIME = "day"'), scheme="time")
    assert result["times"] == [0, 0, 0]


@pytest.mark.parametrize("numeric", [True, False])
def test_a_feature_that_alone_tells_the_target(jobs: Jobs, numeric: bool) -> None:
    """A code that was written after the fact; as a number every value is another one."""
    code = [(n % 2) * 100 + n / 10 if numeric else "xy"[n % 2] for n in range(60)]
    names = (("x", "code"), ("c",)) if numeric else (("x",), ("c", "code"))
    result, _ = check_made_up(jobs, made_up(code=code), preprocessing(*names))
    scores = {each["feature"]: each["score"] for each in result["features"]}
    assert scores.pop("code") == 1.0
    assert all(score < 0.9 for score in scores.values())


def test_a_category_of_its_own_in_each_row_tells_nothing(jobs: Jobs) -> None:
    names = [f"id-{n}" for n in range(60)]
    result, _ = check_made_up(jobs, made_up(name=names), preprocessing(categorical=("c", "name")))
    assert {each["feature"]: each["score"] for each in result["features"]}["name"] == pytest.approx(0.5, abs=0.1)


def test_folds_that_differ_in_width(jobs: Jobs) -> None:
    """A category that one row has is one column more in the folds that train on it."""
    c = ["ab"[n % 2] for n in range(60)]
    c[7] = "rare"
    result, folds = check_made_up(jobs, made_up(c=c))
    expected = [1 + len({c[n] for n in fold["train"]}) for fold in folds]
    assert len(set(expected)) == 2
    assert result["widths"] == expected
