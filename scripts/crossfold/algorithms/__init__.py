"""The algorithms by name. An algorithm is one file: `build(hyperparameters, seed)` -> estimator.

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

from crossfold.batch import Setting
from crossfold.columns import load_module
from crossfold.failure import CrossfoldError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OURS = Path(__file__).parent


def names(code: Path) -> list[str]:
    """The algorithms that exist: ours, and those in the pipeline's code folder."""
    files = [*_OURS.glob("*.py"), *(code / "algorithms").glob("*.py")]
    return sorted({file.stem for file in files if _NAME.fullmatch(file.stem)})


def load(name: str, code: Path) -> ModuleType:
    """The module of an algorithm; an unknown one is refused with the names that exist."""
    known = names(code)
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        raise CrossfoldError(
            f"There is no algorithm {name!r}. {hint}There are: {', '.join(known)}. Your own goes"
            f" into algorithms/{name}.py beside preprocessing.py."
        )
    own = code / "algorithms" / f"{name}.py"
    if own.is_file():
        module = load_module(f"pipeline_algorithm_{name}", own)
    else:
        module = importlib.import_module(f"crossfold.algorithms.{name}")
    if not callable(getattr(module, "build", None)):
        raise CrossfoldError(
            f"The algorithm {name!r} has no build(hyperparameters, seed): define it in"
            f" algorithms/{name}.py; it returns an unfitted estimator."
        )
    return module


def build(setting: Setting, seed: int, code: Path) -> Any:
    """An unfitted estimator for the setting, with every random choice seeded."""
    module = load(setting.algorithm, code)
    try:
        estimator = module.build(dict(setting.hyperparameters), seed)
    except TypeError as error:
        raise CrossfoldError(
            f"The algorithm {setting.algorithm!r} cannot be built with the hyperparameters"
            f" {setting.hyperparameters} of the setting {setting.name!r}: {error}."
        ) from error
    if not (hasattr(estimator, "fit") and hasattr(estimator, "predict_proba")):
        raise CrossfoldError(
            f"The algorithm {setting.algorithm!r} built {type(estimator).__name__}, which lacks"
            " fit or predict_proba; the metrics need probabilities."
        )
    return estimator
