"""How groups are treated: the rates are those of their definitions, and no value has no group by accident."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix

from crossfold.bias import LARGEST, MISSING, OTHERS, bias_of
from crossfold.columns import Columns


def wilson(said: int, rows: int) -> tuple[float, float]:
    """Wilson's interval, by its formula at 95 %."""
    z, p = 1.959963984540054, said / rows
    middle, half = p + z**2 / (2 * rows), z * np.sqrt(p * (1 - p) / rows + z**2 / (4 * rows**2))
    return (middle - half) / (1 + z**2 / rows), (middle + half) / (1 + z**2 / rows)


def columns(numeric: tuple[str, ...], sensitive: tuple[str, ...]) -> Columns:
    return Columns("y", numeric, (), lambda: None, sensitive=sensitive)


def rows_of(n: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    raw = pd.DataFrame({"sex": rng.choice(["f", "m", None], n, p=[0.5, 0.4, 0.1]), "age": rng.integers(18, 80, n)})
    truth, second = rng.integers(0, 2, n), rng.random(n)
    return raw.astype(object), truth, np.column_stack([1 - second, second])


def of_group(found: dict[str, Any], group: str) -> dict[str, Any]:
    return next(each for each in found["groups"] if each["group"] == group)


def test_rates_are_those_of_the_confusion_matrix() -> None:
    raw, truth, given = rows_of(200)
    [column] = bias_of(raw, columns((), ("sex",)), truth, given, None)["columns"]
    [second] = column["classes"]
    assert second["class"] == 1
    for group in ("f", "m", MISSING):
        mask = (raw["sex"].isna() if group == MISSING else raw["sex"] == group).to_numpy()
        said = given[mask].argmax(axis=1)
        (tn, fp), (fn, tp) = confusion_matrix(truth[mask], said)
        rates = of_group(second, group)
        assert rates["rows"] == mask.sum()
        assert rates["said"] == pytest.approx(said.mean())
        assert rates["true"] == pytest.approx(truth[mask].mean())
        assert rates["true_positive"] == pytest.approx(tp / (tp + fn))
        assert rates["false_positive"] == pytest.approx(fp / (fp + tn))
        assert (rates["low"], rates["high"]) == pytest.approx(wilson(int(said.sum()), len(said)))


def test_weights_weigh_and_take_the_interval_away() -> None:
    raw = pd.DataFrame({"sex": ["f", "f", "m"]}, dtype=object)
    given = np.array([[0.1, 0.9], [0.8, 0.2], [0.7, 0.3]])
    found = bias_of(raw, columns((), ("sex",)), np.array([1, 0, 0]), given, np.array([3.0, 1.0, 0.0]))
    [second] = found["columns"][0]["classes"]
    female, male = of_group(second, "f"), of_group(second, "m")
    assert (female["said"], female["low"], female["true_positive"], female["false_positive"]) == (0.75, None, 1.0, 0.0)
    assert (male["rows"], male["said"]) == (1, None)


def test_numbers_are_put_into_parts_of_as_many_rows() -> None:
    raw = pd.DataFrame({"age": [*range(100), None]}, dtype=object)
    truth, given = np.zeros(101, dtype=int), np.tile([0.6, 0.4], (101, 1))
    [column] = bias_of(raw, columns(("age",), ("age",)), truth, given, None)["columns"]
    groups = {each["group"]: each["rows"] for each in column["classes"][0]["groups"]}
    assert sorted(groups.values()) == [1, 25, 25, 25, 25]
    assert groups[MISSING] == 1 and groups["from 24.75 to under 49.5"] == 25
    one = pd.DataFrame({"age": [7.0] * 5}, dtype=object)
    [column] = bias_of(one, columns(("age",), ("age",)), truth[:5], given[:5], None)["columns"]
    assert [each["rows"] for each in column["classes"][0]["groups"]] == [5]


def test_many_groups_are_taken_together() -> None:
    raw = pd.DataFrame({"town": [f"t{number % 30}" for number in range(90)] + ["t0"] * 5}, dtype=object)
    truth, given = np.zeros(95, dtype=int), np.tile([0.6, 0.4], (95, 1))
    [column] = bias_of(raw, columns((), ("town",)), truth, given, None)["columns"]
    groups = column["classes"][0]["groups"]
    assert len(groups) == LARGEST and of_group(column["classes"][0], OTHERS)["rows"] == 95 - 8 - 3 * (LARGEST - 2)


def test_a_regression_has_errors_and_three_classes_have_all() -> None:
    raw = pd.DataFrame({"sex": ["f", "f", "m"]}, dtype=object)
    [column] = bias_of(raw, columns((), ("sex",)), np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.5]), None)[
        "columns"
    ]
    assert column["classes"] == []
    assert column["errors"] == [
        {"group": "f", "rows": 2, "mean": 0.0, "size": 1.0},
        {"group": "m", "rows": 1, "mean": 0.5, "size": 0.5},
    ]
    given = np.eye(3)
    [column] = bias_of(raw, columns((), ("sex",)), np.arange(3), given, None)["columns"]
    assert [each["class"] for each in column["classes"]] == [0, 1, 2]
