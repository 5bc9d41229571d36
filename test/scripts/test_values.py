"""Values mean the same from CSV text and from JSON."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from crossfold.failure import shorten
from crossfold.values import NotANumber, categories, category, label_order, numbers


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (3, "3"),
        ("3", "3"),
        (3.0, "3"),
        ("3.0", "3"),
        ("3.50", "3.5"),
        (3.5, "3.5"),
        (-0.0, "0"),
        (1e21, "1000000000000000000000"),
        (0.00001, "0.00001"),
        ("0.00001", "0.00001"),
        ("007", "007"),
        ("1e3", "1e3"),
        ("v1.0", "v1.0"),
        (" a", " a"),
        (True, "True"),
        ("true", "True"),
        (np.int64(4), "4"),
        (np.float64(4), "4"),
        (None, None),
        ("", None),
        ("NA", None),
        (math.nan, None),
    ],
)
def test_category(given: Any, expected: str | None) -> None:
    assert category(given) == expected


def test_categories_tell_one_from_true() -> None:
    assert categories([1, True, "1.0", None]).tolist()[:3] == ["1", "True", "1"]
    assert math.isnan(categories([None])[0])


def test_numbers_are_rounded_as_python_rounds_them() -> None:
    texts = ["0.1", "26.55", "1e-320", "123456789.123456789", " 7 ", "-0", "1.7976931348623157e308"]
    assert numbers(texts).tolist() == [float(text) for text in texts]
    assert np.array_equal(numbers(["1", None, "NaN", 2, 2.5, True]), [1, np.nan, np.nan, 2, 2.5, 1], equal_nan=True)
    assert numbers([]).dtype == np.float64


@pytest.mark.parametrize("bad", ["?", "1,5", "inf", "-Infinity", "NAN", "1_000", "0x10", math.inf, 10**400, "é"])
def test_what_is_no_number_is_named_with_its_place(bad: Any) -> None:
    with pytest.raises(NotANumber) as error:
        numbers(["1", "", bad, "2"])
    assert (error.value.position, error.value.value) == (2, bad)


def test_label_order() -> None:
    assert label_order({"10", "9", "-1"}) == ["-1", "9", "10"]
    assert label_order({"b", "10", "a"}) == ["10", "a", "b"]


def test_a_long_message_is_cut_to_whole_characters() -> None:
    assert shorten("short") == "short"
    cut = shorten("é" * 2000)
    assert len(cut.encode()) <= 1024 and cut.endswith("é…")
    assert len(shorten("x" * 1024)) == 1024
    assert shorten("\ud800") == "?"
