"""What each of crossfold's algorithms takes for hyperparameters that no setting gives, as JSON on stdout: the reference
that the orders of `core/complexity.ts` are held against."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from crossfold import algorithms  # noqa: E402
from crossfold.batch import Setting  # noqa: E402
from crossfold.failure import CrossfoldError  # noqa: E402

NO_CODE = ROOT / "none"


def defaults(algorithm: str) -> dict[str, float | None]:
    """Those that are numbers or None; of both tasks the same, where it knows both."""
    builds = [built(algorithm, task) for task in ("classification", "regression")]
    estimators = [each for each in builds if each is not None]
    parameters = [each.get_params() | (taken_by_xgboost(each) if algorithm == "xgboost" else {}) for each in estimators]
    first, *others = parameters
    same = {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}
    return {name: value for name, value in same.items() if value is None or is_number(value)}


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def built(algorithm: str, task: Any) -> Any:
    try:
        return algorithms.build(Setting("base", algorithm, {}), 0, NO_CODE, task)
    except CrossfoldError:
        return None


def taken_by_xgboost(estimator: Any) -> dict[str, Any]:
    """What it trains by: its parameters are None until then."""
    rows = np.arange(40).reshape(20, 2)
    booster = estimator.fit(rows, rows[:, 0] % 4 // 2).get_booster()
    taken = json.loads(booster.save_config())["learner"]["gradient_booster"]["tree_train_param"]
    numbers = {name: number(text) for name, text in taken.items() if name in estimator.get_params()}
    return {**numbers, "n_estimators": booster.num_boosted_rounds()}


def number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


print(json.dumps({algorithm: defaults(algorithm) for algorithm in algorithms.names(NO_CODE)}))
