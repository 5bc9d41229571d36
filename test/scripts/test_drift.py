"""Drift: rows of the same kind do not drift, others do, and the numbers are those of the definitions."""

from __future__ import annotations

import base64
import json
import math

import numpy as np
import pandas as pd
import pytest
from jobs import TITANIC, CrossValidation, JobFailed, Jobs, as_csv, preprocessing
from scipy.stats import ks_2samp

from crossfold import drift

TEXT = (TITANIC / "titanic.csv").read_text(encoding="utf-8")


def column(values: list[object]) -> pd.Series:
    return pd.Series(values, dtype=object)


def test_psi_is_the_sum_over_the_bins() -> None:
    snapshot, new = column(["a"] * 6 + ["b"] * 4), column(["a"] * 2 + ["b"] * 2 + ["c"] * 4 + [np.nan] * 2)
    shares = [(0.6, 0.2), (0.4, 0.2), (drift.FLOOR, 0.4), (drift.FLOOR, 0.2)]
    assert drift.psi(snapshot, new) == pytest.approx(sum((a - e) * math.log(a / e) for e, a in shares))
    numbers = pd.Series(np.arange(100.0))
    assert drift.psi(numbers, numbers) == 0
    half = pd.Series(np.arange(50.0))
    halves = [(0.1, 0.2)] * 5 + [(0.1, drift.FLOOR)] * 5
    assert drift.psi(numbers, half) == pytest.approx(sum((a - e) * math.log(a / e) for e, a in halves), rel=0.02)


def test_ks_is_scipys_without_the_missing_values() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=200), rng.normal(0.5, 1, size=100)
    assert drift.ks(pd.Series([*a, np.nan]), pd.Series(b)) == ks_2samp(a, b).pvalue
    assert drift.ks(column(["a"]), column(["b"])) is None
    assert drift.ks(pd.Series([np.nan]), pd.Series([1.0])) is None


def test_the_classifier_tells_other_rows_and_only_them() -> None:
    rng = np.random.default_rng(2)
    same = [pd.DataFrame({"x": rng.normal(size=300), "c": column(list("ab") * 150)}) for _ in range(2)]
    told = drift.classifier(same[0], same[1], 0)
    assert told is not None and told.p > 0.01 and told.auc < 0.6
    # Each feature alone is as before, together they are not: only the classifier sees it.
    x = rng.normal(size=300)
    joint = pd.DataFrame({"x": x, "c": column(["a" if value > 0 else "b" for value in x])})
    told = drift.classifier(same[0], joint, 0)
    assert told is not None and told.p < 1e-6 and told.auc > 0.65
    assert drift.classifier(same[0], same[1].head(9), 0) is None


def test_rows_that_are_there_already_are_not_new(titanic: CrossValidation, jobs: Jobs) -> None:
    same = jobs.drift(titanic.split, TEXT)
    assert (same["new_rows"], same["snapshot_rows"], same["features"], same["classifier"]) == (0, 712, [], None)
    first = TEXT.splitlines()[1]
    # Twice in the data, once in the snapshot: one of them is new.
    assert jobs.drift(titanic.split, f"{TEXT}{first}\n")["new_rows"] == 1


def test_old_people_only_are_drift(titanic: CrossValidation, jobs: Jobs) -> None:
    table = pd.read_csv(TITANIC / "titanic.csv", dtype=str, keep_default_na=False)
    old = table.assign(Age=[str(60 + n % 30) + ".5" for n in range(len(table))]).head(200)
    result = jobs.drift(titanic.split, TEXT + old.to_csv(index=False, header=False))
    assert result["new_rows"] == 200
    by_name = {each["feature"]: each for each in result["features"]}
    assert by_name["Age"]["psi"] > 1 and by_name["Age"]["ks"] < 1e-10
    assert by_name["Sex"]["psi"] < 0.2 and by_name["Sex"]["ks"] is None
    assert result["classifier"]["auc"] > 0.9 and result["classifier"]["p"] < 1e-10


def test_scripts_that_name_another_column_compare_what_both_have(jobs: Jobs) -> None:
    rows = [[str(n), "ab"[n % 2], ("no", "yes")[(n // 2) % 2]] for n in range(60)]
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    split = jobs.split(as_csv([["x", "c", "y"], *rows]), folds=2)
    jobs.write_scripts({"preprocessing.py": preprocessing(numeric=("x", "z"))})
    wider = [["x", "c", "y", "z"], *[[*row, "1"] for row in rows], ["99", "a", "no", "1"]]
    result = jobs.drift(split, as_csv(wider))
    assert (result["new_rows"], [each["feature"] for each in result["features"]]) == (1, ["x", "c"])
    jobs.write_scripts({"preprocessing.py": preprocessing(numeric=("w",))})
    with pytest.raises(JobFailed, match="names the column 'w'"):
        jobs.drift(split, as_csv(wider))


def captured(data: str, kind: str = "text/csv", encoding: str = "CSV") -> str:
    given = {"observedContentType": kind, "mode": "INPUT", "data": data, "encoding": encoding}
    return json.dumps({"captureData": {"endpointInput": given}, "eventMetadata": {}, "eventVersion": "0"})


def test_requests_are_compared_as_rows_are(titanic: CrossValidation, jobs: Jobs) -> None:
    rows = pd.read_csv(TITANIC / "titanic.csv", dtype=str, keep_default_na=False).head(300)
    old = rows.assign(Age="71.5")
    halves = [old.head(100), old.tail(200)]
    lines = [
        captured(halves[0].to_csv(index=False), "text/csv; header=present"),
        captured(json.dumps({"instances": halves[1].to_dict("records")}), "application/json", "JSON"),
        captured(base64.b64encode(rows.head(10).to_csv(index=False).encode()).decode(), encoding="BASE64"),
        captured("Age\nold\n"),
        "not a capture",
    ]
    traffic = jobs.drift(titanic.split, TEXT, lines)["traffic"]
    assert (traffic["rows"], traffic["unread"]) == (310, 2)
    by_name = {each["feature"]: each for each in traffic["features"]}
    assert by_name["Age"]["psi"] > 1 and by_name["Sex"]["psi"] < 0.2
    assert traffic["classifier"]["auc"] > 0.9


def test_requests_that_nobody_can_read_are_no_rows(titanic: CrossValidation, jobs: Jobs) -> None:
    traffic = jobs.drift(titanic.split, TEXT, ["{}"])["traffic"]
    assert traffic == {"rows": 0, "unread": 1, "features": [], "classifier": None}
    assert "traffic" not in jobs.drift(titanic.split, TEXT)
