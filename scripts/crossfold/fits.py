"""Fit one setting on one preprocessed fold, and score it on the fold's test rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import has_fit_parameter

from crossfold import algorithms, metrics
from crossfold.batch import Fit, Setting
from crossfold.chance import settle
from crossfold.curves import curves_of
from crossfold.failure import CrossfoldError, describe
from crossfold.fold_tables import FoldData
from crossfold.metric import Metric
from crossfold.rows import INDEX, row_hash
from crossfold.task import Task


@dataclass(frozen=True)
class FitResult:
    """Scores at full precision, the rows behind them, and the out-of-fold predictions, whole and as curves."""

    fit: Fit
    metrics: dict[str, float]
    fitted_hash: str
    test_hash: str
    fit_seconds: float
    score_seconds: float
    predictions: pd.DataFrame
    curves: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {
            "setting": self.fit.setting.name,
            "algorithm": self.fit.setting.algorithm,
            "hyperparameters": self.fit.setting.hyperparameters,
            "fold": self.fit.fold,
            "metrics": self.metrics,
            "fitted_hash": self.fitted_hash,
            "test_hash": self.test_hash,
            "fit_seconds": self.fit_seconds,
            "score_seconds": self.score_seconds,
        }


def run_fit(fit: Fit, data: FoldData, chosen: Sequence[Metric], seed: int, code: Path, task: Task) -> FitResult:
    """Fit and score. Whatever is raised names the setting, the fold and the cause."""
    try:
        return _run(fit, data, chosen, algorithms.build(fit.setting, seed, code, task), code)
    except Exception as error:
        raise CrossfoldError(
            f"The fit of setting {fit.setting.name!r} ({fit.setting.algorithm}) on fold {fit.fold}"
            f" failed: {describe(error)}"
        ) from error


def trained(
    estimator: Any, setting: Setting, code: Path, features: np.ndarray, target: np.ndarray, weight: np.ndarray | None
) -> Any:
    """The estimator of the setting, fitted on these rows (see `arranged`) with any weights."""
    settle()
    estimator.fit(algorithms.arranged(setting, features, code), target, **weighted(estimator, weight))
    return estimator


def weighted(estimator: Any, weight: np.ndarray | None) -> dict[str, np.ndarray]:
    """The weights as `fit` takes them: nothing where there are none; refused where it cannot take any."""
    if weight is None:
        return {}
    if not has_fit_parameter(estimator, "sample_weight"):
        raise CrossfoldError(
            f"{type(estimator).__name__} takes no weights: its fit has no parameter sample_weight. Take WEIGHT out of"
            " preprocessing.py, or choose another algorithm."
        )
    return {"sample_weight": weight}


def predict(estimator: Any, features: Any, classes: int) -> np.ndarray:
    """What the estimator says of each row, in its own float type.

    `predict_proba` with one column for each class 0..n-1; `predict`, one number a row, where `classes` is 0.
    """
    if classes == 0:
        return np.asarray(estimator.predict(features)).reshape(len(features))
    given = np.asarray(estimator.predict_proba(features))
    known = np.asarray(estimator.classes_, dtype=np.int64)
    if len(known) == classes:
        return given
    full = np.zeros((len(given), classes), dtype=given.dtype)
    full[:, known] = given
    return full


def prediction_table(rows: np.ndarray, target: np.ndarray, given: np.ndarray) -> pd.DataFrame:
    """Row id, target as a number, and `p0`, `p1`, …, the probability of each class; or `prediction`."""
    return pd.DataFrame(_prediction_columns(rows, target, given))


def fit_predictions(fit: Fit, rows: np.ndarray, target: np.ndarray, given: np.ndarray) -> pd.DataFrame:
    """The out-of-fold predictions of a fit, which names itself in the first two columns."""
    return pd.DataFrame({"setting": fit.setting.name, "fold": fit.fold, **_prediction_columns(rows, target, given)})


def _prediction_columns(rows: np.ndarray, target: np.ndarray, given: np.ndarray) -> dict[str, np.ndarray]:
    columns = {INDEX: rows, "target": target}
    if given.ndim == 1:
        return {**columns, "prediction": given.astype(np.float64)}
    return {**columns, **{f"p{number}": each for number, each in enumerate(given.T.astype(np.float64))}}


def _run(fit: Fit, data: FoldData, chosen: Sequence[Metric], estimator: Any, code: Path) -> FitResult:
    started = time.perf_counter()
    trained(estimator, fit.setting, code, data.train.features, data.train.target, data.train.weight)
    fitted = time.perf_counter()
    given = predict(estimator, data.test.features, data.classes)
    scores = metrics.score(chosen, data.test.target, given, estimator, data.test.features, data.test.weight)
    scored = time.perf_counter()
    return FitResult(
        fit=fit,
        metrics=scores,
        fitted_hash=data.fitted_hash,
        test_hash=row_hash(data.test.rows),
        fit_seconds=fitted - started,
        score_seconds=scored - fitted,
        predictions=fit_predictions(fit, data.test.rows, data.test.target, given),
        curves=curves_of(data.test.target, given, data.test.weight),
    )
