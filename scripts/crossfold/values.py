"""One meaning for a value, wherever it comes from: a CSV's text, or JSON at the endpoint."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

# What pandas.read_csv takes as missing by default, so that both readings of a file agree.
MISSING = frozenset(
    {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"}
    | {"<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"}
)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_BOOLEANS = {"true": "True", "false": "False"}


class NotANumber(Exception):
    """A value of a numeric column that is no finite number: `position` in the column, `value`."""

    def __init__(self, position: int, value: Any) -> None:
        super().__init__(f"{value!r} is not a number")
        self.position = position
        self.value = value


def is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return value in MISSING
    return isinstance(value, float) and math.isnan(value)


def numbers(values: Sequence[Any]) -> np.ndarray:
    """The values as float64, correctly rounded, NaN where missing. Raises NotANumber."""
    present = [None if is_missing(value) else value for value in values]
    try:
        result = np.array(present, dtype=object).astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        return np.array([_number(at, value) for at, value in enumerate(present)])
    strange = np.isinf(result) | (np.isnan(result) & np.array([value is not None for value in present], dtype=bool))
    if strange.any() or any("_" in value for value in present if isinstance(value, str)):
        return np.array([_number(at, value) for at, value in enumerate(present)])
    return result


def category(value: Any) -> str | None:
    """The canonical text of a category: 3, "3" and 3.0 are one; None where missing.

    Text that only looks like a number keeps its form ("007", "1e3"): it may be a code.
    """
    if is_missing(value):
        return None
    if isinstance(value, str):
        if _DECIMAL.fullmatch(value):
            shorter = value.rstrip("0").rstrip(".")
            return "0" if shorter == "-0" else shorter
        return _BOOLEANS.get(value.lower(), value)
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        return category(np.format_float_positional(value, trim="0"))
    return str(value)


def categories(values: Sequence[Any]) -> np.ndarray:
    """Canonical texts as an object array, NaN where missing (what scikit-learn's imputers take)."""
    seen: dict[Any, Any] = {}
    result = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        key = (type(value), value)
        if key not in seen:
            text = category(value)
            seen[key] = np.nan if text is None else text
        result[at] = seen[key]
    return result


def label_order(labels: set[str]) -> list[str]:
    """The classes in order: by value where all are numbers, else as text."""
    try:
        return sorted(labels, key=lambda label: (float(label), label))
    except ValueError:
        return sorted(labels)


def _number(position: int, value: Any) -> float:
    if value is None:
        return math.nan
    try:
        if isinstance(value, str) and "_" in value:
            raise ValueError
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise NotANumber(position, value) from None
    if not math.isfinite(number):
        raise NotANumber(position, value)
    return number
