"""What a search of scikit-learn's is given: a setting as an estimator, the preprocessing before it, the scorer of both.

What each fit predicted and which rows it saw goes into a file: a search itself keeps numbers alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from crossfold import algorithms, metrics
from crossfold.batch import Batch, Fit, Setting
from crossfold.columns import load_columns
from crossfold.curves import curves_of
from crossfold.evidence import Witness
from crossfold.fits import FitResult, fit_predictions, predict, trained
from crossfold.rows import row_hash
from crossfold.task import Task


class Preprocessing(TransformerMixin, BaseEstimator):
    """The pipeline's own preprocessing, with a note of the rows that it was fitted on.

    It is built where it is fitted: another process of the job does not know the modules of the pipeline's code folder.
    """

    def __init__(self, code: Path) -> None:
        self.code = code

    def fit_transform(self, X: pd.DataFrame, y: Any = None) -> np.ndarray:
        self.witness_ = Witness(load_columns(self.code).preprocessing())
        with threadpool_limits(1):
            return self.witness_.fit_transform(X, y)

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        with threadpool_limits(1):
            return self.witness_.transform(X)


class Candidate(BaseEstimator):
    """The estimator of a setting; built where it is fitted, as the preprocessing."""

    def __init__(self, setting: Setting, seed: int, task: Task, code: Path) -> None:
        self.setting = setting
        self.seed = seed
        self.task = task
        self.code = code

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Candidate:
        estimator = algorithms.build(self.setting, self.seed, self.code, self.task)
        started = time.perf_counter()
        with threadpool_limits(1):  # sums of floats differ with the number of threads
            self.estimator_ = trained(estimator, self.setting, self.code, X, y, sample_weight)
        self.fit_seconds_ = time.perf_counter() - started
        return self


@dataclass(frozen=True)
class Scorer:
    """Scores a fitted pipeline on test rows, and keeps the result in a file: the search itself keeps numbers alone."""

    batch: Batch
    code: Path
    kept: Path
    classes: int
    weights: pd.Series | None
    fold_of: dict[str, int]  # by the hash of the test rows

    def __call__(self, pipeline: Pipeline, X: pd.DataFrame, y: np.ndarray) -> dict[str, float]:
        candidate: Candidate = pipeline.named_steps["estimator"]
        preprocessing: Preprocessing = pipeline.named_steps["preprocessing"]
        chosen = metrics.find(self.batch.metrics, self.batch.task, self.code)
        weight = None if self.weights is None else self.weights.loc[X.index].to_numpy()
        truth, test_hash = np.asarray(y), row_hash(X.index)
        started = time.perf_counter()
        features = preprocessing.transform(X)
        with threadpool_limits(1):
            given = predict(candidate.estimator_, features, self.classes)
            scores = metrics.score(chosen, truth, given, candidate.estimator_, features, weight)
        fit = Fit(candidate.setting, self.fold_of[test_hash])
        result = FitResult(
            fit=fit,
            metrics=scores,
            fitted_hash=preprocessing.witness_.fitted_hash,
            test_hash=test_hash,
            fit_seconds=candidate.fit_seconds_,
            score_seconds=time.perf_counter() - started,
            predictions=fit_predictions(fit, X.index.to_numpy(), truth, given),
            curves=curves_of(truth, given, weight),
        )
        joblib.dump(result, self.kept / file_of(fit))
        return scores


def file_of(fit: Fit) -> str:
    return f"{fit.setting.name} {fit.fold}.joblib"


def pipeline_of(candidate: Candidate, code: Path) -> Pipeline:
    return Pipeline([("preprocessing", Preprocessing(code)), ("estimator", candidate)])
