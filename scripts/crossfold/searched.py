"""The values that a tuning job searches: SageMaker hands them over as text, by the type of their ranges."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from crossfold.failure import CrossfoldError


def _number(text: str) -> int | float:
    """A number as it would come in a batch: JSON writes 3.0 as 3."""
    value = float(text)
    return int(value) if value.is_integer() else value


_READERS: dict[str, Callable[[str], Any]] = {"integer": int, "continuous": _number, "categorical": json.loads}


def searched_values(types: Mapping[str, str], given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the searched hyperparameters, typed. Refuses one that is missing or not of its type."""
    values: dict[str, Any] = {}
    for name, kind in types.items():
        if name not in given:
            raise CrossfoldError(f"The tuning job gave the hyperparameter {name} no value; its ranges have to name it.")
        try:
            values[name] = _READERS[kind](given[name])
        except (KeyError, ValueError) as error:
            raise CrossfoldError(
                f"The tuning job gave the hyperparameter {name} the value {given[name]!r}, which is not {kind}."
            ) from error
    return values
