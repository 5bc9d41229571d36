"""The pipeline's own `metrics.py`: metrics of the user's making, loaded and checked."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np

from crossfold.columns import load_module
from crossfold.failure import CrossfoldError
from crossfold.metric import GOALS, Function, Metric, Needs

FILE = "metrics.py"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FORM = '{"function": f, "needs": "label", "goal": "maximize"}'
_CHOICES = {"needs": get_args(Needs), "goal": GOALS}


def own_metrics(code: Path) -> dict[str, Metric]:
    """What METRICS in the code folder's `metrics.py` says, by name; nothing where there is no such file."""
    file = code / FILE
    if not file.is_file():
        return {}
    given = getattr(load_module("pipeline_metrics", file), "METRICS", None)
    if not isinstance(given, dict) or not given:
        raise CrossfoldError(
            f"{FILE} has to set METRICS to a mapping of names to metrics, such as METRICS = {{'profit': {_FORM}}};"
            f" found {given!r}."
        )
    return {name: _metric(name, entry) for name, entry in given.items()}


def _metric(name: Any, entry: Any) -> Metric:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise CrossfoldError(
            f'METRICS in {FILE} has the name {name!r}; allowed: lower-case letters, digits and "_", a letter first.'
        )
    where = f"The metric {name!r} in {FILE}"
    if not isinstance(entry, dict) or set(entry) != {"function", "needs", "goal"}:
        raise CrossfoldError(f"{where} has to have the form {_FORM}; found {entry!r}.")
    for key, allowed in _CHOICES.items():
        if entry[key] not in allowed:
            raise CrossfoldError(f"{where} has {key} {entry[key]!r}; allowed: {', '.join(allowed)}.")
    return Metric(name, entry["goal"], entry["needs"], _called(entry["function"], where))


def _called(function: Any, where: str) -> Function:
    """The user's function, given what its signature asks for."""
    try:
        signature = inspect.signature(function)
        named = {"sample_weight"} & set(signature.parameters)
        signature.bind("truth", "given", **dict.fromkeys(named))
    except (TypeError, ValueError) as error:
        raise CrossfoldError(
            f"{where} needs a function of the truth and of what is given for it, and sample_weight if it takes"
            f" weights: {error}."
        ) from None

    def call(truth: np.ndarray, given: np.ndarray, classes: int, weight: np.ndarray | None) -> float:
        shares = given[:, 1] if given.ndim == 2 and classes == 2 else given
        return _as_number(function, (truth, shares), dict.fromkeys(named, weight))

    return call


def _as_number(function: Callable[..., Any], positional: tuple[Any, ...], named: dict[str, Any]) -> float:
    value = function(*positional, **named)
    if np.ndim(value) != 0 or not np.issubdtype(np.asarray(value).dtype, np.number):
        raise CrossfoldError(f"it returned {value!r}, and has to return one number.")
    return float(value)
