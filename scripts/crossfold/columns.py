"""The pipeline's own `preprocessing.py`: the one file that names columns, loaded and checked."""

from __future__ import annotations

import difflib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from crossfold.failure import CrossfoldError

FILE = "preprocessing.py"
ROLES = ("GROUP", "TIME", "FOLD", "WEIGHT")


@dataclass(frozen=True)
class Columns:
    """The columns that the pipeline uses, and how to build its (unfitted) preprocessing."""

    target: str
    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    build: Callable[[], Any]
    group: str | None = None
    time: str | None = None
    fold: str | None = None
    weight: str | None = None
    sensitive: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        return self.numeric + self.categorical

    @property
    def used(self) -> tuple[str, ...]:
        """Every named column, once: a role's column may be a feature as well."""
        roles = (name for name in (self.group, self.time, self.fold, self.weight) if name is not None)
        return tuple(dict.fromkeys((*self.features, self.target, *roles, *self.sensitive)))

    def preprocessing(self) -> Any:
        """A fresh transformer from the user's `build_preprocessing`."""
        transformer = self.build()
        if not (hasattr(transformer, "fit_transform") and hasattr(transformer, "transform")):
            raise CrossfoldError(
                f"build_preprocessing() in {FILE} returned {type(transformer).__name__}; it has to"
                " return a transformer with fit_transform and transform, such as a"
                " ColumnTransformer."
            )
        return transformer


def load_columns(code: Path) -> Columns:
    """Load `preprocessing.py` from the code folder and check what it says."""
    file = code / FILE
    if not file.is_file():
        raise CrossfoldError(
            f"There is no {FILE} among the pipeline's scripts. Add one that sets TARGET, NUMERIC"
            " and CATEGORICAL and defines build_preprocessing()."
        )
    module = load_module("preprocessing", file)
    target = getattr(module, "TARGET", None)
    if not isinstance(target, str) or not target:
        raise CrossfoldError(
            f'{FILE} has to set TARGET to the name of the column to predict, such as TARGET = "y"; found {target!r}.'
        )
    numeric = _names(module, "NUMERIC")
    categorical = _names(module, "CATEGORICAL")
    if not numeric and not categorical:
        raise CrossfoldError(f"{FILE} names no features: put columns into NUMERIC or CATEGORICAL.")
    _refuse_repeats(numeric, categorical, target)
    build = getattr(module, "build_preprocessing", None)
    if not callable(build):
        raise CrossfoldError(
            f"{FILE} has no build_preprocessing(): define a function of that name, without"
            " parameters, that returns the ColumnTransformer."
        )
    roles = (_role(module, name, target) for name in ROLES)
    sensitive = _names(module, "SENSITIVE") if hasattr(module, "SENSITIVE") else ()
    if target in sensitive:
        raise CrossfoldError(f"{FILE} names the target {target!r} in SENSITIVE. Name columns that tell groups apart.")
    return Columns(target, numeric, categorical, build, *roles, sensitive)


def load_module(name: str, file: Path) -> ModuleType:
    """Load a file of the pipeline's own, once, as module `name`; what it defines can be pickled."""
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__file__ == str(file):
        return loaded
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise CrossfoldError(f"{file.name} cannot be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def lacking(column: str, existing: Iterable[str], data: str) -> str:
    """The message for a named column that the data lacks, with close matches or all that exist."""
    names = [name for name in existing if name]
    folded = {name.strip().casefold(): name for name in names}
    close = difflib.get_close_matches(column.strip().casefold(), folded, n=3, cutoff=0.6)
    if close:
        hint = "Did you mean " + " or ".join(repr(folded[name]) for name in close) + "?"
    else:
        hint = "It has: " + ", ".join(names) + "."
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        hint += " The columns have to be separated by commas."
    return f"{FILE} names the column {column!r}, which {data} does not have. {hint}"


def _names(module: ModuleType, variable: str) -> tuple[str, ...]:
    value = getattr(module, variable, None)
    if value is None:
        raise CrossfoldError(f"{FILE} does not set {variable}: set it to a list of column names (it may be empty).")
    if not isinstance(value, list | tuple) or not all(isinstance(n, str) and n for n in value):
        raise CrossfoldError(f"{variable} in {FILE} has to be a list of column names; found {value!r}.")
    return tuple(value)


def _role(module: ModuleType, variable: str, target: str) -> str | None:
    value = getattr(module, variable, None)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise CrossfoldError(f"{variable} in {FILE} has to be the name of a column, or be left out; found {value!r}.")
    if value == target:
        raise CrossfoldError(f"{FILE} sets {variable} to the target {target!r}. Name another column, or leave it out.")
    return value


def _refuse_repeats(numeric: tuple[str, ...], categorical: tuple[str, ...], target: str) -> None:
    seen: set[str] = set()
    for name in numeric + categorical:
        if name in seen:
            raise CrossfoldError(f"{FILE} names the column {name!r} twice; name it once, in NUMERIC or in CATEGORICAL.")
        seen.add(name)
    if target in seen:
        raise CrossfoldError(
            f"{FILE} names the target {target!r} among the features: the model would read the"
            " answer. Take it out of NUMERIC and CATEGORICAL."
        )
