"""The algorithms by name. An algorithm is one file with the functions of the tasks that it knows:
`build(hyperparameters, seed)` -> classifier, `build_regressor(hyperparameters, seed)` -> regressor. It may have
`arrange(features, hyperparameters)` -> the training rows as its estimator reads them fastest.

A pipeline may bring its own: `algorithms/<name>.py` beside its preprocessing.py, which also stands
in for one of ours of the same name. Estimators use one thread, so that scores are equal on every
machine; parallel work is a matter of batches and jobs.
"""

from __future__ import annotations

import difflib
import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from crossfold.batch import Setting
from crossfold.columns import load_module
from crossfold.failure import CrossfoldError
from crossfold.task import Task

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OURS = Path(__file__).parent
_BUILDERS: dict[Task, str] = {"classification": "build", "regression": "build_regressor"}
_PREDICTORS: dict[Task, str] = {"classification": "predict_proba", "regression": "predict"}


def names(code: Path) -> list[str]:
    """The algorithms that exist: ours, and those in the pipeline's code folder."""
    files = [*_OURS.glob("*.py"), *(code / "algorithms").glob("*.py")]
    return sorted({file.stem for file in files if _NAME.fullmatch(file.stem)})


def load(name: str, code: Path, task: Task) -> ModuleType:
    """The module of an algorithm that knows the task; another one is refused with the names that do."""
    known = names(code)
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        raise CrossfoldError(
            f"There is no algorithm {name!r}. {hint}There are: {', '.join(known)}. Your own goes"
            f" into algorithms/{name}.py beside preprocessing.py."
        )
    module = _module(name, code)
    if not _knows(module, task):
        able = [other for other in known if _knows(_module(other, code), task)]
        raise CrossfoldError(
            f"The algorithm {name!r} is not for `task: {task}`: algorithms/{name}.py has no"
            f" {_BUILDERS[task]}(hyperparameters, seed), which returns an unfitted estimator. For {task}"
            f" there are: {', '.join(able)}."
        )
    return module


def build(setting: Setting, seed: int, code: Path, task: Task) -> Any:
    """An unfitted estimator for the setting, with every random choice seeded."""
    module = load(setting.algorithm, code, task)
    try:
        estimator = getattr(module, _BUILDERS[task])(dict(setting.hyperparameters), seed)
    except TypeError as error:
        raise CrossfoldError(
            f"The algorithm {setting.algorithm!r} cannot be built with the hyperparameters"
            f" {setting.hyperparameters} of the setting {setting.name!r}: {error}."
        ) from error
    if not (hasattr(estimator, "fit") and hasattr(estimator, _PREDICTORS[task])):
        raise CrossfoldError(
            f"The algorithm {setting.algorithm!r} built {type(estimator).__name__}, which lacks"
            f" fit or {_PREDICTORS[task]}; `task: {task}` needs both."
        )
    return estimator


def arranged(setting: Setting, features: np.ndarray, code: Path) -> np.ndarray:
    """The training rows in the memory layout that the algorithm asks for, where it asks for one: the same rows."""
    arrange = getattr(_module(setting.algorithm, code), "arrange", None)
    return features if arrange is None else arrange(features, dict(setting.hyperparameters))


def _module(name: str, code: Path) -> ModuleType:
    own = code / "algorithms" / f"{name}.py"
    if own.is_file():
        return load_module(f"pipeline_algorithm_{name}", own)
    return importlib.import_module(f"crossfold.algorithms.{name}")


def _knows(module: ModuleType, task: Task) -> bool:
    return callable(getattr(module, _BUILDERS[task], None))
